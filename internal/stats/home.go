package stats

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/database"
)

// Counting the distinct addresses of more than manyClients clients takes too long to wait for: their number is then updated
// in the background, and may be up to a minute old in an answer.
const (
	manyClients       = 100_000
	manyClientsFresh  = time.Minute - freshFor
	manyClientsRenews = manyClientsFresh / 2
)

// Tally has the counts of the home page.
type Tally struct {
	Mailings         int64 `json:"mailings" db:"mailings"`
	ActiveMailings   int64 `json:"active_mailings" db:"active_mailings"`     // running at this moment
	UniqueRecipients int64 `json:"unique_recipients" db:"unique_recipients"` // distinct addresses of clients
}

// Own has the counts of one user.
type Own struct {
	Tally
	Messages      int64 `json:"messages" db:"messages"`
	Suppressions  int64 `json:"suppressions" db:"suppressions"`
	NewMailings   int64 `json:"new_mailings" db:"new_mailings"`     // of the last seven days
	NewRecipients int64 `json:"new_recipients" db:"new_recipients"` // of the last thirty days
}

// Home is the tally of the service and, for those who are signed in, of their own.
type Home struct {
	Tally
	Mine *Own `json:"mine,omitempty"`
}

// Home counts for the viewer. Everybody may see the counts of the service.
func (s *Service) Home(ctx context.Context, v Viewer) (Home, error) {
	all, err := s.serviceTally(ctx)
	if err != nil {
		return Home{}, err
	}
	home := Home{Tally: all}
	switch {
	case v.Role == Anybody:
	case v.ID == "":
		home.Mine = &Own{}
	default:
		mine, err := s.ownTally(ctx, v.ID)
		if err != nil {
			return Home{}, err
		}
		home.Mine = &mine
	}
	return home, nil
}

func (s *Service) serviceTally(ctx context.Context) (Tally, error) {
	p := plan{
		key: "home", atMost: freshFor,
		version: s.clients.all.Load() + s.mailings.all.Load(),
	}
	return fetch(ctx, s.memo, p, func(ctx context.Context) (Tally, error) {
		var t Tally
		err := s.app.DB().NewQuery(`
			SELECT COUNT(*) AS mailings, COUNT(*) FILTER (WHERE status = 'running') AS active_mailings
			FROM mailings`).WithContext(ctx).One(&t)
		if err != nil {
			return t, fmt.Errorf("count mailings: %w", err)
		}
		t.UniqueRecipients, err = s.uniqueRecipients(ctx)
		return t, err
	})
}

func (s *Service) uniqueRecipients(ctx context.Context) (int64, error) {
	var all struct {
		Clients int64 `db:"clients"`
		Owners  int64 `db:"owners"`
	}
	err := s.app.DB().NewQuery(`
		SELECT COALESCE(SUM(clients), 0) AS clients, COUNT(*) AS owners
		FROM client_counts WHERE kind = 'owner' AND clients > 0`).WithContext(ctx).One(&all)
	if err != nil {
		return 0, fmt.Errorf("count clients: %w", err)
	}
	if all.Owners <= 1 { // who has each address once: idx_clients_owner_email is unique
		return all.Clients, nil
	}
	count := func(ctx context.Context) (int64, error) {
		n, err := s.number(ctx, `SELECT COUNT(DISTINCT email) FROM clients`, nil)
		if err != nil {
			return 0, fmt.Errorf("count distinct addresses: %w", err)
		}
		return n, nil
	}
	if all.Clients <= int64(s.many) {
		return count(ctx)
	}
	p := plan{key: "home:unique", atMost: manyClientsFresh, renewAt: manyClientsRenews}
	return fetch(ctx, s.memo, p, count)
}

func (s *Service) ownTally(ctx context.Context, owner string) (Own, error) {
	p := plan{
		key: "home:mine:" + owner, atMost: freshFor,
		version: s.clients.of(owner).Load() + s.mailings.of(owner).Load(),
	}
	return fetch(ctx, s.memo, p, func(ctx context.Context) (Own, error) {
		var t Own
		daysAgo := func(days int) string { return database.Stamp(time.Now().UTC().AddDate(0, 0, -days)) }
		// An owner has each address once: idx_clients_owner_email is unique. What is new is found by the indexes on owner
		// and created.
		err := s.app.DB().NewQuery(`
			SELECT COUNT(*) AS mailings, COUNT(*) FILTER (WHERE status = 'running') AS active_mailings,
				(SELECT COALESCE(SUM(clients), 0) FROM client_counts WHERE kind = 'owner' AND id = {:owner}) AS unique_recipients,
				(SELECT COUNT(*) FROM messages WHERE owner = {:owner}) AS messages,
				(SELECT COUNT(*) FROM suppressions WHERE owner = {:owner}) AS suppressions,
				(SELECT COUNT(*) FROM mailings WHERE owner = {:owner} AND created >= {:week}) AS new_mailings,
				(SELECT COUNT(*) FROM clients WHERE owner = {:owner} AND created >= {:month}) AS new_recipients
			FROM mailings WHERE owner = {:owner}`).
			Bind(dbx.Params{"owner": owner, "week": daysAgo(7), "month": daysAgo(30)}).WithContext(ctx).One(&t)
		if err != nil {
			return t, fmt.Errorf("count what user %s has: %w", owner, err)
		}
		return t, nil
	})
}

func (s *Service) number(ctx context.Context, sql string, params dbx.Params) (int64, error) {
	var n int64
	err := s.app.DB().NewQuery(sql).Bind(params).WithContext(ctx).Row(&n)
	return n, err
}
