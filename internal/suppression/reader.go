package suppression

import (
	"errors"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/consent"
	"gonets/internal/notification"
)

// PauseFor keeps the owner from mailing the person for a number of days, or goes on with 0.
func (o *OptOut) PauseFor(days int) error {
	if o.Stopped {
		return nil
	}
	return o.change(func(tx dbx.Builder) error {
		for _, email := range o.emails {
			var err error
			if days > 0 {
				err = pause(tx, o.Owner, email, o.Mailing, time.Now().AddDate(0, 0, days))
			} else {
				err = resume(tx, o.Owner, email)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// ErrTooOften is the error of a reader who has changed too much in a day. Opting out is always possible.
var ErrTooOften = errors.New("too many changes in one day")

// MayChange returns ErrTooOften to a reader who has changed too much, in the transaction that changes something.
func (o *OptOut) MayChange(tx dbx.Builder) error {
	n, err := consent.LastDay(tx, o.Owner, o.Client)
	if err == nil && n >= consent.MostOfDay {
		err = ErrTooOften
	}
	return err
}

// Entry is the row about the person for the log of consents.
func (o *OptOut) Entry(event consent.Event, list string, by consent.By) consent.Entry {
	return consent.Entry{
		Owner: o.Owner, Client: o.Client, Email: o.Email, List: list, Event: event,
		Text: "link of mailing " + o.Mailing, By: by,
	}
}

// Tell tells the owner's webhooks what the person has done, to some lists or to all e-mails.
func (o *OptOut) Tell(tx dbx.Builder, kind notification.Kind, lists []string) error {
	return notification.Write(tx, time.Now(), notification.Event{
		Owner: o.Owner, Kind: kind, Subject: o.Email,
		Data: notification.Client{Client: o.Client, Email: o.Email, Mailing: o.Mailing, Lists: append([]string{}, lists...), By: notification.ByRecipient},
	})
}
