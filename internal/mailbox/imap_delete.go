package mailbox

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// settle deletes emails that were booked, if that is to be done at once, or marks them as read, so that a person who looks
// at the mailbox sees what is left to be read.
func (s *folder) settle(ctx context.Context, booked []imap.UID, done *Pass) error {
	if len(booked) == 0 {
		return nil
	}
	if after := s.account.DeleteAfter; after != nil && *after <= 0 {
		return s.remove(ctx, booked, done)
	}
	return s.flag(ctx, booked, imap.FlagSeen)
}

func (s *folder) flag(ctx context.Context, uids []imap.UID, flag imap.Flag) error {
	s.conn.allow(maxList)
	return s.within(ctx, mailTime, func() error {
		store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}
		return s.client.Store(imap.UIDSetNum(uids...), store, nil).Close()
	})
}

// remove deletes emails. Without UIDPLUS (RFC 4315), the server can only delete all that are marked as deleted, perhaps by
// somebody else: then it is done only if there are no others, and else at a later pass.
func (s *folder) remove(ctx context.Context, uids []imap.UID, done *Pass) error {
	if len(uids) == 0 {
		return nil
	}
	foreign := false
	if !s.client.Caps().Has(imap.CapUIDPlus) {
		marked, err := s.marked(ctx)
		if err != nil {
			return err
		}
		slices.Sort(uids)
		foreign = slices.ContainsFunc(marked, func(uid imap.UID) bool {
			_, ours := slices.BinarySearch(uids, uid)
			return !ours
		})
	}
	for part := range slices.Chunk(uids, chunk) {
		if err := s.flag(ctx, part, imap.FlagDeleted); err != nil {
			return err
		}
		if foreign {
			continue
		}
		if err := s.expunge(ctx, part); err != nil {
			return err
		}
		done.Deleted += len(part)
	}
	return nil
}

func (s *folder) expunge(ctx context.Context, uids []imap.UID) error {
	return s.within(ctx, mailTime, func() error {
		if s.client.Caps().Has(imap.CapUIDPlus) {
			return s.client.UIDExpunge(imap.UIDSetNum(uids...)).Close()
		}
		return s.client.Expunge().Close()
	})
}

// leftMarked returns the UIDs of those emails that are to be deleted and are marked so, but are still there: a session ended
// between the two steps of a deletion. What somebody else has marked is not among them, unless it is due too.
func (s *folder) leftMarked(ctx context.Context, ledger Ledger) (due []imap.UID, err error) {
	marked, err := s.marked(ctx)
	if err != nil {
		return nil, s.account.trouble(StageRead, err)
	}
	_, due, err = split(ctx, s.account, ledger, marked, s.key)
	return due, err
}

// marked returns the UIDs of the emails that are marked as deleted, in ascending order.
func (s *folder) marked(ctx context.Context) ([]imap.UID, error) {
	return s.search(ctx, &imap.SearchCriteria{Flag: []imap.Flag{imap.FlagDeleted}}, 1)
}
