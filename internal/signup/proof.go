package signup

import (
	"crypto/hmac"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"gonets/internal/proofofwork"
	"gonets/internal/suppression"
)

// Purposes of keys.
const (
	purposeProof   suppression.Purpose = "proof"
	purposePressed suppression.Purpose = "pressed"
)

// Challenge is what a browser has to solve for a form.
func (s *Service) Challenge(form string) (proofofwork.Challenge, error) {
	key, err := s.tokens.Key(purposeProof)
	if err != nil {
		return proofofwork.Challenge{}, err
	}
	return proofofwork.New(key, form, time.Now()), nil
}

// IsSolved reports whether a solution is valid, and uses it up.
func (s *Service) IsSolved(form, solution string) (bool, error) {
	if solution == "" {
		return false, nil
	}
	key, err := s.tokens.Key(purposeProof)
	if err != nil {
		return false, err
	}
	return s.proofs.Check(key, form, solution, time.Now()) == nil, nil
}

// The time between the page with the button and its press: programs are faster, and people do not leave it open for so long.
const (
	soonest = 2 * time.Second
	latest  = time.Hour
)

// Press is what the page with the button says of itself, for one form and address.
func (s *Service) Press(form, email string, shown time.Time) (string, error) {
	key, err := s.tokens.Key(purposePressed)
	if err != nil {
		return "", err
	}
	at := strconv.FormatInt(shown.UnixMilli(), 36)
	sum := key.Sum(at, "\n", form, "\n", email)
	return at + "." + base64.RawURLEncoding.EncodeToString(sum[:16]), nil
}

// Pressed is what became of a press.
type Pressed int

// What may become of it.
const (
	NotPressed Pressed = iota // there was no such page, or long ago
	TooSoon                   // for a person
	IsPressed
)

// Pressed checks a press.
func (s *Service) Pressed(form, email, press string, now time.Time) (Pressed, error) {
	at, _, _ := strings.Cut(press, ".")
	milliseconds, err := strconv.ParseInt(at, 36, 64)
	if err != nil {
		return NotPressed, nil
	}
	shown := time.UnixMilli(milliseconds)
	genuine, err := s.Press(form, email, shown)
	age := now.Sub(shown)
	switch {
	case err != nil:
		return NotPressed, err
	case !hmac.Equal([]byte(genuine), []byte(press)), age > latest:
		return NotPressed, nil
	case age < soonest:
		return TooSoon, nil
	}
	return IsPressed, nil
}
