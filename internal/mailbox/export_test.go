package mailbox

import "context"

// Read reads a mailbox once. What was read before an error stays booked, and is counted. Every error is a *Trouble.
func Read(ctx context.Context, a Account, ledger Ledger) (Pass, error) {
	var done Pass
	s, err := open(ctx, a)
	if err != nil {
		return done, err
	}
	defer s.end()
	err = s.pass(ctx, ledger, &done)
	return done, err
}
