package limit

import (
	"gonets/internal/mailing"
)

// Failures watches for what goes wrong with a mailing as a whole: when more than half of what was tried
// ends in the same way, going on does harm, to the sender's reputation for one. It counts since the
// mailing was taken up; a resumed mailing has another chance.
type Failures struct {
	Tried int
	Ended map[string]int // recipients by what went wrong
	Cause string         // what tripped it, "" while it has not
}

// tolerated is how often something may go wrong before its share is looked at. Below it a mailing is
// too small for a share to mean anything, or done before anybody could act.
var tolerated = map[string]int{
	mailing.ReasonBadAddress:  100, // an old list; providers stop listening to who keeps writing to nobody
	mailing.ReasonRefused:     100,
	mailing.ReasonPolicy:      50, // the sender is not welcome
	mailing.ReasonTemplate:    20,
	mailing.ReasonTooLong:     20, // with the same attachments it is too long for everybody
	mailing.ReasonNotRecorded: 20,
	mailing.ReasonNoAnswer:    20, // each is one that the owner has to decide about
}

// Note counts one recipient's end, and returns false when it is time to stop.
func (g *Failures) Note(o mailing.State, reason string) bool {
	switch o {
	case mailing.Sent:
		g.Tried++
	case mailing.Failed, mailing.Uncertain:
		g.Tried++
		if g.Ended == nil {
			g.Ended = map[string]int{}
		}
		g.Ended[reason]++
		if limit, known := tolerated[reason]; known && g.Ended[reason] >= limit && 2*g.Ended[reason] > g.Tried {
			g.Cause = reason
		}
	}
	return g.Cause == ""
}
