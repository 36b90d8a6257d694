// Package contestant has the programs that the benchmark compares the engine with: each sends e-mails of one size as fast as it can.
package contestant

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Load is what a contestant sends.
type Load struct {
	Connections int
	// Size of an e-mail in bytes.
	Size int
}

// Contestant is a way to send e-mails.
type Contestant struct {
	Name string
	// Send sends to the server at an address until ctx ends, and returns how many e-mails the server has accepted. It returns ErrMissing
	// if the contestant is not on this machine.
	Send func(ctx context.Context, address string, l Load) (mails int, err error)
}

// All begin with the ceiling, and end with smtp-source.
var All = []Contestant{
	{"raw blaster", blast},
	{"relay", sendByRelay},
	{smtpSource, sendBySMTPSource},
}

// inParallel runs one goroutine for each connection and returns the sum of their e-mails.
func inParallel(connections int, one func(mails *atomic.Int64) error) (int, error) {
	var (
		all   sync.WaitGroup
		mails atomic.Int64
		errs  = make([]error, connections)
	)
	for n := range connections {
		all.Go(func() { errs[n] = one(&mails) })
	}
	all.Wait()
	return int(mails.Load()), errors.Join(errs...)
}

// ended is nil after the end of a trial, which makes every connection fail.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// prepared is an e-mail of about so many bytes.
func prepared(size int) []byte {
	mail := []byte("From: News <news@example.org>\r\nTo: reader@example.com\r\nSubject: Benchmark\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
	for len(mail) < size-2 {
		line := min(76, size-2-len(mail))
		mail = append(append(mail, bytes.Repeat([]byte("x"), line)...), "\r\n"...)
	}
	return mail
}
