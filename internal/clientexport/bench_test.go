package clientexport

import (
	"context"
	"io"
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/audience"
	"gonets/internal/clienttest"
)

// BenchmarkCSV exports 200 000 clients that are on a list:
// go test ./internal/clientexport -run '^$' -bench CSV -benchtime 1x
func BenchmarkCSV(b *testing.B) {
	const n = 200_000
	app := apptest.New(b)
	owner := clienttest.Owner(b, app, "owner@example.com")
	clienttest.Fill(b, app, owner, clienttest.List(b, app, owner), n)
	b.ResetTimer()
	for range b.N {
		if err := CSV(context.Background(), app, audience.Wanted{Owner: owner}, ',', io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "clients/s")
}
