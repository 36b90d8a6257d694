package operator_test

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/hookstest"
)

// Who asks, in the tests.
const (
	anonymous = hookstest.Anonymous
	superuser = hookstest.Superuser
)

var (
	must      = hookstest.Must
	everybody = hookstest.Everybody
)

// world is a running application with a few people.
type world struct{ *hookstest.World }

func newWorld(t *testing.T, bind ...func(core.App)) *world {
	t.Helper()
	return &world{hookstest.New(t, bind...)}
}
