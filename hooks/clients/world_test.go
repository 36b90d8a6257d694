package clients_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
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
	route     = hookstest.Route
)

type (
	answer = hookstest.Answer
)

// world is a running application with a few people.
type world struct{ *hookstest.World }

func newWorld(t *testing.T, bind ...func(core.App)) *world {
	t.Helper()
	return &world{hookstest.New(t, bind...)}
}
