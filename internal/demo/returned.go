package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/arrival"
	"gonets/internal/feedback"
	"gonets/internal/outbox"
	"gonets/internal/returnpath"
)

// returned is an e-mail that came back.
type returned struct {
	addressed
	back *outbox.Return
	at   time.Time // when it was accepted
}

// takeBack books what came back of a mailing of the past, by the way that reports take in a running demo: written by the mail
// server, read and booked by the service, but at their time.
func (p *play) takeBack(ctx context.Context, mailing string, all []returned) error {
	if len(all) == 0 {
		return nil
	}
	path, err := returnpath.New(p.shop.returnPath, returnpath.Plus)
	if err != nil {
		return err
	}
	db := p.app.NonconcurrentDB()
	var raw []byte
	err = db.Select("return_key").From("contents").Where(dbx.HashExp{"mailing": mailing}).Row(&raw)
	if err != nil {
		return fmt.Errorf("read the key of mailing %s: %w", mailing, err)
	}
	for _, r := range all {
		to := path.Of(returnpath.Key(raw), r.ID)
		at := r.at.Add(r.back.After)
		outcome, err := feedback.New(p.app).At(at).Take(feedback.FromSMTP, "")(ctx, arrival.Mail{
			Recipients: []string{to}, Source: r.back.Report(to, r.Email, "", r.at),
		})
		if err != nil {
			return err
		}
		if outcome != arrival.Booked {
			return fmt.Errorf("a report about %s is %s, not booked", r.Email, outcome)
		}
		if err := p.dateStop(db, r.Email, at); err != nil {
			return err
		}
	}
	return nil
}
