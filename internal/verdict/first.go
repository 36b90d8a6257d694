package verdict

import (
	"gonets/internal/mailing"
)

// MostUnknown is how many addresses a server may call unknown before it accepts a single mail of a mailing.
// One that knows nobody is set up wrongly, or is not the one it should be: no list is so bad.
const MostUnknown = 20

// FirstAnswers are the answers of a mail server to the first recipients of a mailing.
type FirstAnswers struct {
	Unknown int  // that the address does not exist
	Others  bool // anything that shows that it knows addresses: a mail taken, or refused for another reason
}

// Add counts one result.
func (a *FirstAnswers) Add(state mailing.State, reason string) {
	switch {
	case reason == mailing.ReasonBadAddress:
		a.Unknown++
	case state == mailing.Sent, state == mailing.Uncertain, reason == mailing.ReasonRefused, reason == mailing.ReasonPolicy:
		a.Others = true
	}
}

// MayTry says whether one more mail may be under way beside so many: until the server has shown that it knows
// addresses, no more than can be refused before its word is doubted. Then the mailing pauses.
func (a FirstAnswers) MayTry(underWay int) bool {
	return a.Others || a.Doubted() || a.Unknown+underWay < MostUnknown
}

// Doubted says that the server's word is not enough to put an address on the stop list.
func (a FirstAnswers) Doubted() bool { return !a.Others && a.Unknown >= MostUnknown }
