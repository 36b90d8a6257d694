package stats

// Counts are the figures of a day, a domain, an answer or a mailing.
type Counts struct {
	Attempts  int64 `json:"attempts" db:"attempts"`   // tries to hand a mail over: success + failure + uncertain
	Success   int64 `json:"success" db:"success"`     // answered with 2xx
	Failure   int64 `json:"failure" db:"failure"`     // refused for good or for now; nothing was handed over
	Uncertain int64 `json:"uncertain" db:"uncertain"` // handed over perhaps: the answer never came
	Sent      int64 `json:"sent" db:"sent"`           // recipients that became sent, those taken as sent among them
	// Bounced are recipients whose e-mail came back, Complained those who called it unwanted. They are counted when the
	// report arrives. Sent does not become less by them.
	Bounced    int64 `json:"bounced" db:"bounced"`
	Complained int64 `json:"complained" db:"complained"`
}

// count adds one result.
func (c *Counts) count(r *Result) {
	c.Sent += int64(r.Sent)
	c.Bounced += int64(r.Bounced)
	c.Complained += int64(r.Complained)
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

// add adds other counts.
func (c *Counts) add(o *Counts) {
	c.Attempts += o.Attempts
	c.Success += o.Success
	c.Failure += o.Failure
	c.Uncertain += o.Uncertain
	c.Sent += o.Sent
	c.Bounced += o.Bounced
	c.Complained += o.Complained
}
