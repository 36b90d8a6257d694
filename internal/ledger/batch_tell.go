package ledger

import (
	"maps"
	"slices"

	"gonets/internal/mailing"
	"gonets/internal/notification"
)

// tell writes what became of recipients for the webhooks of their owners. Without such recipients it costs nothing, and
// without webhooks one look-up a batch.
func (b *batch) tell() error {
	owners := map[string]bool{}
	for _, e := range b.settles {
		if kindOf(e) != "" {
			owners[e.Settle.Mailing.Owner] = true
		}
	}
	if len(owners) == 0 {
		return nil
	}
	db := b.l.db.Wrap(b.tx)
	listening, err := notification.Listening(db, slices.Collect(maps.Keys(owners)))
	if err != nil || len(listening) == 0 {
		return err
	}
	var events []notification.Event
	for _, e := range b.settles {
		kind, r, o := kindOf(e), e.Settle, &e.Result
		if kind == "" || !listening[r.Mailing.Owner] {
			continue
		}
		events = append(events, notification.Event{Owner: r.Mailing.Owner, Kind: kind, Subject: r.Email, Data: notification.Recipient{
			Mailing: r.Mailing.ID, Call: r.Call, Client: r.Client, Email: r.Email, Tries: r.Tries + one(o.Attempted()),
			Reason: o.Reason, Code: o.Code, EnhancedCode: o.Enhanced, Response: o.Response,
		}})
	}
	return notification.Write(db, b.now, events...)
}

// kindOf is the kind of event that a result is; "" for none. What is sent is told of transactional e-mails only.
func kindOf(e *Entry) notification.Kind {
	failed, transactional := e.Result.State == mailing.Failed, e.Settle.Call != ""
	switch {
	case failed && transactional:
		return notification.TransactionalFailed
	case failed:
		return notification.RecipientFailed
	case transactional && e.Result.State == mailing.Sent:
		return notification.TransactionalSent
	}
	return ""
}
