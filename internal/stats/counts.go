package stats

import "gonets/internal/refusal"

// Counts are the figures of a day, a domain, an answer or a mailing.
type Counts struct {
	Attempts  int64 `json:"attempts" db:"attempts"`   // tries to hand a mail over: success + failure + uncertain
	Success   int64 `json:"success" db:"success"`     // answered with 2xx
	Failure   int64 `json:"failure" db:"failure"`     // refused for good or for now; nothing was handed over
	Uncertain int64 `json:"uncertain" db:"uncertain"` // handed over perhaps: the answer never came
	Sent      int64 `json:"sent" db:"sent"`           // recipients that became sent, those taken as sent among them
	// Bounced are recipients whose e-mail came back, Complained those who called it unwanted. They are counted when the
	// report arrives. Sent does not become less by them.
	Bounced    int64 `json:"bounced" db:"bounced"` // hard + soft + block
	Hard       int64 `json:"hard" db:"hard"`       // the address or its domain takes no e-mail
	Soft       int64 `json:"soft" db:"-"`          // what may be otherwise the next time
	Block      int64 `json:"block" db:"block"`     // refused because of the sender or the content
	Complained int64 `json:"complained" db:"complained"`
}

// count adds one result.
func (c *Counts) count(r *Result) {
	c.Sent += int64(r.Sent)
	c.Complained += int64(r.Complained)
	c.bounce(r)
	switch r.Status {
	case Success:
		c.Success++
	case Failure:
		c.Failure++
	case Uncertain:
		c.Uncertain++
	default:
		return // no attempt was made
	}
	c.Attempts++
}

func (c *Counts) bounce(r *Result) {
	n := int64(r.Bounced)
	c.Bounced += n
	switch r.Class {
	case refusal.Hard:
		c.Hard += n
	case refusal.Block:
		c.Block += n
	default:
		c.Soft += n
	}
}

// add adds other counts.
func (c *Counts) add(o *Counts) {
	c.Attempts += o.Attempts
	c.Success += o.Success
	c.Failure += o.Failure
	c.Uncertain += o.Uncertain
	c.Sent += o.Sent
	c.Bounced += o.Bounced
	c.Hard += o.Hard
	c.Soft += o.Soft
	c.Block += o.Block
	c.Complained += o.Complained
}
