package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gonets/internal/dkim"
)

// dkimKeys makes the fields of a sender that signs with the kinds of keys that are named, separated by a plus: rsa, ed25519.
func dkimKeys(kinds string) (map[string]any, error) {
	fields := map[string]any{}
	if kinds == "" {
		return fields, nil
	}
	for i, kind := range strings.Split(kinds, "+") {
		makeKey, known := map[string]func() (string, error){"rsa": dkim.MakeRSA, "ed25519": dkim.MakeEd25519}[kind]
		if !known || i > 1 {
			return nil, fmt.Errorf("-dkim %s: name rsa, ed25519, or both as rsa+ed25519", kinds)
		}
		key, err := makeKey()
		if err != nil {
			return nil, err
		}
		ending := []string{"", "_2"}[i]
		fields["dkim_domain"], fields["dkim_selector"+ending], fields["dkim_key"+ending] = "example.org", kind, key
	}
	return fields, nil
}

// signaturesPerSecond is how many signatures by RSA with 2048 bits all processors make in a second, when they do nothing
// else: the ceiling of a sender with such a key.
func signaturesPerSecond() (float64, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return 0, err
	}
	const length = time.Second
	hash := sha256.Sum256([]byte("gonets"))
	var signed atomic.Int64
	var failed atomic.Pointer[error]
	var workers sync.WaitGroup
	begin := time.Now()
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for time.Since(begin) < length {
				if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, hash[:]); err != nil {
					failed.Store(&err)
					return
				}
				signed.Add(1)
			}
		})
	}
	workers.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(signed.Load()) / time.Since(begin).Seconds(), nil
}
