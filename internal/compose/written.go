package compose

import (
	"fmt"

	"gonets/internal/dkim"
)

// Written is an e-mail that a program has written, with CRLF line ends. It goes out byte for byte as it is, below our signature.
type Written struct {
	Head []byte      // its beginning, or all of it
	Rest *Attachment // what follows, read while the e-mail is written; nil = nothing
}

// Compose makes the e-mail in the memory of dst. A nil signer leaves it as it is. The error is that of reading, or of signing.
func (w Written) Compose(dst []byte, by *dkim.Signer) (Email, error) {
	m := Email{Head: append(dst[:0], w.Head...), tail: new(tail)}
	if w.Rest != nil {
		m.tail.add(piece{file: w.Rest, plain: true})
	}
	if by == nil {
		return m, nil
	}
	signature, err := by.Sign(m.WriteTo)
	if err != nil {
		return Email{Head: dst}, fmt.Errorf("signing an e-mail: %w", err)
	}
	m.Head = append(append(m.Head[:0], signature...), w.Head...)
	return m, nil
}
