package clientexport

import (
	"context"
	"io"
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clienttest"
)

// BenchmarkCSV exports 200 000 clients half of them on a list:
// go test ./internal/clientexport -run '^$' -bench CSV -benchtime 1x
func BenchmarkCSV(b *testing.B) {
	const n = 200_000
	app := apptest.New(b)
	owner := clienttest.Owner(b, app, "owner@example.com")
	clienttest.Fill(b, app, owner, clienttest.List(b, app, owner), n)
	_, err := app.NonconcurrentDB().NewQuery(`
		INSERT INTO consents (owner, client, email, list, event, created)
		SELECT s.owner, s.client, c.email, s.list, 'imported', s.created FROM subscriptions s JOIN clients c ON c.id = s.client`).Execute()
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if err := CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "clients/s")
}
