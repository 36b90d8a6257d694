package operator_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/operator"
	"gonets/internal/delivery"
)

func TestReadyTellsAnybodyWhetherMailingsAreSent(t *testing.T) {
	var engine *delivery.Engine
	w := newWorld(t, func(app core.App) {
		engine = delivery.New(app)
		operator.BindReady(app, engine)
	})
	const path = "/api/gonets/ready"
	for _, who := range everybody {
		if a := w.Expect(t, 503, who, http.MethodGet, path, nil); a.Code("sending") != delivery.StateStopped {
			t.Errorf("%s is told %s", who, a.Text)
		}
	}

	// The epoch cannot be read. Strangers learn that, and not where it is.
	epoch := filepath.Join(w.App.DataDir(), "gonets.epoch")
	must(t, os.Mkdir(epoch, 0o700))
	engine.Start(context.Background())
	t.Cleanup(func() { engine.Stop(context.Background()) })
	w.Eventually(t, "the epoch is in the way", func() bool {
		a := w.Ask(t, anonymous, http.MethodGet, path, nil)
		if strings.Contains(a.Text, w.App.DataDir()) {
			t.Fatalf("a stranger is told of the data folder: %s", a.Text)
		}
		return a.Status == 503 && a.Code("sending") == delivery.StateEpoch
	})

	must(t, os.Remove(epoch))
	w.Eventually(t, "this process sends", func() bool {
		a := w.Ask(t, anonymous, http.MethodGet, path, nil)
		return a.Status == 200 && a.Body["sending"] == "here" && len(a.Body) == 1
	})
	for _, who := range everybody {
		w.Expect(t, 200, who, http.MethodGet, path, nil)
	}
}
