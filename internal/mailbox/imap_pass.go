package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gonets/internal/arrival"
)

// pass reads the emails that are new, and from time to time looks at all of them: for those that are to be deleted, and
// in case the ledger has forgotten one.
func (s *folder) pass(ctx context.Context, ledger Ledger, done *Pass) error {
	now := time.Now()
	from := s.last + 1
	if !now.Before(s.full) {
		from = 1
	}
	uids, err := s.list(ctx, from)
	if err != nil {
		return s.account.trouble(StageRead, err)
	}
	unread, due, err := split(ctx, s.account, ledger, uids, s.key)
	if err != nil {
		return err
	}
	if from == 1 {
		left, err := s.leftMarked(ctx, ledger)
		if err != nil {
			return err
		}
		due = append(due, left...)
	}
	if err := s.remove(ctx, due, done); err != nil {
		return s.account.trouble(StageRead, err)
	}
	if err := s.readAll(ctx, unread, ledger, done); err != nil {
		return err
	}
	if from == 1 {
		s.full = now.Add(fullPass)
	}
	if len(uids) > 0 {
		s.last = max(s.last, uids[len(uids)-1])
	}
	if done.Later > 0 {
		s.full = time.Time{}
	}
	return nil
}

// list returns the UIDs of all emails that are not marked as deleted, from one on, in ascending order.
func (s *folder) list(ctx context.Context, from imap.UID) ([]imap.UID, error) {
	criteria := &imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}
	if from > 1 {
		criteria.UID = []imap.UIDSet{{imap.UIDRange{Start: from}}} // to the last one
	}
	return s.search(ctx, criteria, from)
}

// search returns the UIDs that fit, from one on, in ascending order.
func (s *folder) search(ctx context.Context, criteria *imap.SearchCriteria, from imap.UID) (uids []imap.UID, err error) {
	var options *imap.SearchOptions
	if s.client.Caps().Has(imap.CapESearch) {
		options = &imap.SearchOptions{ReturnAll: true} // shorter
	}
	s.conn.allow(maxList)
	err = s.within(ctx, mailTime, func() error {
		found, err := s.client.UIDSearch(criteria, options).Wait()
		if err != nil {
			return err
		}
		set, _ := found.All.(imap.UIDSet)
		uids, err = expand(set, from)
		return err
	})
	return uids, err
}

// expand lists the UIDs of a set, from one on: a search from a UID on always finds the last email (RFC 3501 § 6.4.8). A
// set of a few bytes can have 4 billion UIDs.
func expand(set imap.UIDSet, from imap.UID) ([]imap.UID, error) {
	total := uint64(0)
	for _, r := range set {
		if r.Start == 0 || r.Stop < r.Start {
			return nil, fmt.Errorf("the server lists emails as %d:%d", r.Start, r.Stop)
		}
		if total += uint64(r.Stop-r.Start) + 1; total > maxMessages {
			return nil, fmt.Errorf("there are more than %d emails", maxMessages)
		}
	}
	uids := make([]imap.UID, 0, total)
	for _, r := range set {
		for n := uint64(r.Start); n <= uint64(r.Stop); n++ {
			if uid := imap.UID(n); uid >= from {
				uids = append(uids, uid)
			}
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids), nil
}

// readAll reads emails. Those of a chunk come in one reply, but each is read when the one before it is booked.
func (s *folder) readAll(ctx context.Context, uids []imap.UID, ledger Ledger, done *Pass) error {
	t := &taker{ledger: ledger, done: done}
	for len(uids) > 0 {
		part := uids[:min(len(uids), fetched)]
		uids = uids[len(part):]
		booked, err := s.readSome(ctx, part, t)
		if err != nil {
			return err
		}
		if err := s.settle(ctx, booked, done); err != nil {
			return s.account.trouble(StageRead, err)
		}
	}
	return nil
}

// fetched is how many emails are asked for at a time, and deleted at a time if they are deleted at once.
const fetched = 100

// readSome hands some emails on, and returns those that were booked.
func (s *folder) readSome(ctx context.Context, part []imap.UID, t *taker) (booked []imap.UID, err error) {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: arrival.MaxSize}}
	watch := s.watch(ctx)
	defer watch.stop()
	reply := s.client.Fetch(imap.UIDSetNum(part...), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	closed, broken := false, false
	defer func() {
		if closed { // else what is left of the reply would have to be received; it is not
			return
		}
		_ = s.conn.Close()
		// After a failed read the library reads on by itself: a second reader beside it would be a data race.
		if !broken {
			_ = reply.Close()
		}
	}()
	for message := reply.Next(); message != nil; message = reply.Next() {
		uid, source, err := receive(message, t)
		if err != nil {
			broken = true
			return booked, s.account.trouble(StageRead, watch.cause(err))
		}
		if uid == 0 || source == nil {
			continue // another session has deleted it, or has changed a flag
		}
		watch.pause()
		outcome, err := t.take(ctx, s.key(uid), source)
		if err != nil {
			return booked, s.account.trouble(StageBook, err)
		}
		if outcome == arrival.Booked || outcome == arrival.Known {
			booked = append(booked, uid)
		}
		watch.resume()
	}
	closed = true
	if err := reply.Close(); err != nil {
		return booked, s.account.trouble(StageRead, watch.cause(err))
	}
	return booked, nil
}

// receive reads one email of a reply. It is nil if it has none.
func receive(message *imapclient.FetchMessageData, t *taker) (uid imap.UID, source []byte, err error) {
	for item := message.Next(); item != nil; item = message.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = item.UID
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			if source, err = t.receive(item.Literal); err != nil {
				return 0, nil, err
			}
			// The reader of a connection that breaks off ends as if the email did.
			if int64(len(source)) < min(item.Literal.Size(), arrival.MaxSize) {
				return 0, nil, io.ErrUnexpectedEOF
			}
		}
	}
	return uid, source, nil
}

// watch closes the connection if the transfer of one email takes too long.
type watch struct {
	s     *folder
	ctx   context.Context
	timer *time.Timer
	limit time.Duration
}

var errSlow = errors.New("the server took too long for one email")

func (s *folder) watch(ctx context.Context) *watch {
	limit := mailTime * s.account.timeout()
	w := &watch{s: s, ctx: ctx, limit: limit, timer: time.AfterFunc(limit, func() { _ = s.conn.Close() })}
	w.resume()
	return w
}

// pause stops the time while an email is booked.
func (w *watch) pause() { w.timer.Stop() }

// resume gives the server the time and the bytes for the next email.
func (w *watch) resume() {
	w.s.conn.allow(arrival.MaxSize + maxTalk)
	w.timer.Reset(w.limit)
}

func (w *watch) stop() { w.timer.Stop() }

// cause returns the reason why the connection ended.
func (w *watch) cause(err error) error {
	switch {
	case w.ctx.Err() != nil:
		return context.Cause(w.ctx)
	case errors.Is(err, net.ErrClosed):
		return errSlow
	}
	return err
}
