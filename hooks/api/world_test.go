package api_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
	"gonets/internal/outbox"
)

// Who asks, in the tests.
const (
	anonymous  = hookstest.Anonymous
	anna       = hookstest.Anna
	boris      = hookstest.Boris
	marta      = hookstest.Marta
	kirill     = hookstest.Kirill
	superuser  = hookstest.Superuser
	unverified = hookstest.Unverified
	password   = hookstest.Password
)

var (
	must      = hookstest.Must
	recordsOf = hookstest.RecordsOf
	emailOf   = hookstest.EmailOf
	unique    = hookstest.Unique
	everybody = hookstest.Everybody
	route     = hookstest.Route
)

type (
	verdicts = hookstest.Verdicts
)

// world is a running application with a few people.
type world struct{ *hookstest.World }

func newWorld(t *testing.T, bind ...func(core.App)) *world {
	t.Helper()
	return &world{hookstest.New(t, bind...)}
}

// post is a world with a mail server, a message and a mailing of Anna's.
type post struct{ *hookstest.Post }

func newPost(t *testing.T, rules outbox.Rules) *post {
	t.Helper()
	return &post{hookstest.NewPost(t, rules)}
}
