package middleware

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"

	"gonets/hooks/request"
	"gonets/internal/expansion"
	"gonets/internal/memory"
	"gonets/internal/parallel"
)

const (
	// largeFrom is from how many bytes of records on an answer counts as large.
	largeFrom = 2 << 20
	// largeAtOnce is how many large answers are made at the same time, and largePage how many bytes of records
	// each has at most, unless one record alone has more.
	largeAtOnce = 2
	largePage   = 8 << 20
	// freedFrom is from how many measured bytes of records on the memory of an answer is returned to the system at once.
	freedFrom = 4 << 20

	largeAnswerKey = "gonets.largeAnswer"
)

// ClientsRoute is the pattern of the route that lists clients.
const ClientsRoute = "GET /api/gonets/clients"

// longRecords are the collections with long records, with the largest size of one in bytes; 0 where the database is asked
// for the real size.
var longRecords = map[string]int64{"messages": 0, "clients": 24 << 10, "mailings": 24 << 10}

// BindLargeAnswers bounds the memory of lists and expansions, because PocketBase builds an answer in memory. The large answers
// of one user are made one after the other. Superusers are exempt.
func BindLargeAnswers(app core.App) { bindLargeAnswersWithin(app, largePage) }

// bindLargeAnswersWithin is BindLargeAnswers with another limit of a page, in bytes of its records.
func bindLargeAnswersWithin(app core.App, page int64) {
	answers := &largeAnswers{users: parallel.NewLocks(), slots: make(chan struct{}, largeAtOnce)}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.BindFunc(func(r *core.RequestEvent) error {
			if r.HasSuperuserAuth() || !readsRecords(r) {
				return r.Next()
			}
			large := &largeAnswer{ResponseWriter: r.Response, of: answers}
			defer large.end()
			if r.Auth != nil { // all guests count as one
				large.user = r.Auth.Id
				if err := boundedPage(r, large, page); err != nil {
					return err
				}
			}
			r.Response = large
			r.Set(largeAnswerKey, large)
			return r.Next()
		})
		return e.Next()
	})
}

// readsRecords reports whether the request lists records or reads one, by GET or by HEAD.
func readsRecords(r *core.RequestEvent) bool {
	return isRecordsList(r) || r.Request.Pattern == "GET /api/collections/{collection}/records/{id}" || r.Request.Pattern == ClientsRoute
}

// boundedPage makes a page smaller when its records may be too long, and waits when the answer is still large.
func boundedPage(r *core.RequestEvent, large *largeAnswer, limit int64) error {
	name := "clients"
	if isRecordsList(r) {
		collection, err := r.App.FindCachedCollectionByNameOrId(r.Request.PathValue("collection"))
		if err != nil {
			return nil // PocketBase answers
		}
		name = collection.Name
	} else if r.Request.Pattern != ClientsRoute {
		return nil
	}
	longest, is := longRecords[name]
	if !is {
		return nil
	}
	query := r.Request.URL.Query()
	wanted := request.PageOf(query).PerPage
	bytes := int64(wanted) * longest
	if longest == 0 {
		most, sum, err := longestPage(r, name, wanted, limit)
		if err != nil {
			return r.InternalServerError("", err)
		}
		if bytes = sum; most < wanted {
			if _, err := r.RequestInfo(); err != nil { // PocketBase keeps the request as it was asked
				return nil
			}
			query.Set(search.PerPageQueryParam, strconv.Itoa(most))
			r.Request.URL.RawQuery = query.Encode()
		}
	}
	if err := large.begin(r.Request.Context(), bytes); err != nil {
		return err
	}
	large.measured = longest == 0
	return nil
}

// longestPage is how many of the wanted records fit into a page if they are the longest ones, and their bytes.
func longestPage(r *core.RequestEvent, name string, wanted int, limit int64) (most int, sum int64, err error) {
	collection, err := r.App.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return 0, 0, err
	}
	owner := ""
	if !request.IsManager(r.Auth) {
		owner = r.Auth.Id
	}
	var sizes []int64
	err = r.App.ConcurrentDB().
		NewQuery(`SELECT ` + expansion.Size(r.App, collection) + ` AS bytes FROM {{` + name + `}} WHERE {:owner} IN ('', owner) ORDER BY bytes DESC LIMIT {:most}`).
		WithContext(r.Request.Context()).Bind(dbx.Params{"owner": owner, "most": wanted}).Column(&sizes)
	if err != nil {
		return 0, 0, fmt.Errorf("measure a page of %s: %w", name, err)
	}
	for most, size := range sizes {
		if most > 0 && sum+size > limit {
			return most, sum, nil
		}
		sum += size
	}
	return wanted, sum, nil
}

// largeAnswers are those that are made now. Safe for concurrent use.
type largeAnswers struct {
	users *parallel.Locks
	slots chan struct{} // holds one value for each answer that is being made
}

// largeAnswer is the answer to one request, and how it is written.
type largeAnswer struct {
	http.ResponseWriter
	of   *largeAnswers
	user string

	bytes    int64  // of its records
	measured bool   // false when bytes is only the maximum
	unlock   func() // of the user; nil while the answer is not large
	made     sync.Once
}

// begin waits until an answer of so many bytes may be made.
func (l *largeAnswer) begin(ctx context.Context, bytes int64) error {
	if bytes < largeFrom || l.unlock != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, memory.LongestWait)
	defer cancel()
	unlock, err := l.of.users.Lock(ctx, l.user)
	if err != nil {
		return tooManyLarge()
	}
	select {
	case l.of.slots <- struct{}{}:
		l.unlock, l.bytes = unlock, bytes
		return nil
	case <-ctx.Done():
		unlock()
		return tooManyLarge()
	}
}

// tryBegin is begin without waiting.
func (l *largeAnswer) tryBegin(bytes int64) error {
	if bytes < largeFrom || l.unlock != nil {
		return nil
	}
	unlock, ok := l.of.users.TryLock(l.user)
	if !ok {
		return tooManyLarge()
	}
	select {
	case l.of.slots <- struct{}{}:
		l.unlock, l.bytes, l.measured = unlock, bytes, true
		return nil
	default:
		unlock()
		return tooManyLarge()
	}
}

func tooManyLarge() error {
	const message = "Too many long answers are being made. Ask for fewer records, or try again in half a minute."
	return apis.NewTooManyRequestsError(message, request.Refuse("request", "answers_busy", message))
}

// Write implements http.ResponseWriter. At the first call the answer is complete: PocketBase writes it at once. The client
// decides how long that takes, so others stop waiting for it.
func (l *largeAnswer) Write(p []byte) (int, error) {
	l.leave()
	return l.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (l *largeAnswer) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (l *largeAnswer) leave() {
	if l.unlock != nil {
		l.made.Do(func() { <-l.of.slots })
	}
}

// end ends the answer, whether it was begun or not.
func (l *largeAnswer) end() {
	if l.leave(); l.unlock != nil {
		if l.measured && l.bytes > freedFrom {
			debug.FreeOSMemory() // without this, the next answer would be made while this one waits for the garbage collector
		}
		l.unlock()
	}
}
