package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/arrival"
	"gonets/internal/feedback"
)

const (
	// appliedAtOnce and appliedBytes are how many emails one transaction books, and how long they may be together.
	appliedAtOnce = 100
	appliedBytes  = 8 << 20
	// applyAgain and applyFor are how often and for how long an email is tried whose recipient is still being mailed.
	applyAgain = time.Second
	applyFor   = time.Minute
)

// applier books the emails of files, several in one transaction, and writes a line for each recipient afterwards.
type applier struct {
	ctx    context.Context
	booker *feedback.Booker
	out    io.Writer

	mails []feedback.Mail
	files []string // of the mails
	bytes int
	later int // emails that could not be booked
	errs  []error
}

func newApplier(ctx context.Context, app core.App, out io.Writer) *applier {
	return &applier{ctx: ctx, booker: feedback.New(app), out: out}
}

// read books the emails of one file. What is wrong with it does not keep the others from being read.
func (a *applier) read(stdin io.Reader, file string) {
	err := readEmails(stdin, file, func(email []byte) error {
		a.mails = append(a.mails, feedback.Mail{Mail: arrival.Mail{Source: email}})
		a.files = append(a.files, file)
		a.bytes += len(email)
		if len(a.mails) < appliedAtOnce && a.bytes < appliedBytes {
			return nil
		}
		return a.book()
	})
	if err != nil {
		a.errs = append(a.errs, err)
	}
}

// end books what is left, and returns what went wrong.
func (a *applier) end() error {
	if err := a.book(); err != nil {
		a.errs = append(a.errs, err)
	}
	if a.later > 0 {
		a.errs = append(a.errs, fmt.Errorf("%d emails are about mails that are still being handed over: read them again in a minute", a.later))
	}
	return errors.Join(a.errs...)
}

// book books the emails that were read, and waits for recipients that are being mailed.
func (a *applier) book() error {
	mails, files := a.mails, a.files
	a.mails, a.files, a.bytes = nil, nil, 0
	for give := time.Now().Add(applyFor); len(mails) > 0; {
		booked, err := a.booker.Apply(a.ctx, mails)
		if err != nil {
			return err
		}
		last := time.Now().After(give)
		var waiting []feedback.Mail
		var of []string
		for i, b := range booked {
			if b.Outcome == arrival.Later && !last {
				waiting, of = append(waiting, mails[i]), append(of, files[i])
				continue
			}
			if b.Outcome == arrival.Later {
				a.later++
			}
			for _, l := range b.Lines {
				line := lineOf(files[i], l.Recipient)
				line.Mailing, line.Client, line.MatchedBy = l.Mailing, l.Client, string(l.MatchedBy)
				if err := writeLine(a.out, line); err != nil {
					return err
				}
			}
		}
		if mails, files = waiting, of; len(mails) == 0 {
			return nil
		}
		select {
		case <-a.ctx.Done():
			return a.ctx.Err()
		case <-time.After(applyAgain):
		}
	}
	return nil
}
