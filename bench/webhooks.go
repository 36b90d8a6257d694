package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"text/tabwriter"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/endpoint"
	"gonets/internal/notifier"
	"gonets/internal/secret"
)

// measureWebhooks prints how many events a second webhooks are told, by a receiver in this process that answers at once or after a
// latency. Each event is recorded as delivered. n is the number of events, 0 for 20 000.
func measureWebhooks(ctx context.Context, n int, latency time.Duration) error {
	if n == 0 {
		n = 20_000
	}
	receiver, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(latency)
		w.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = server.Serve(receiver) }() // it ends when it is closed
	defer server.Close()
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "webhooks\tlatency\tevents\ttook\tevents/s\tof as many bare calls at once\t")
	for _, webhooks := range []int{1, 10} {
		took, err := tell(ctx, "http://"+receiver.Addr().String(), webhooks, n)
		if err != nil {
			return err
		}
		bare, err := callBare(ctx, "http://"+receiver.Addr().String(), webhooks*10, n)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d\t%s\t%d\t%.2f s\t%.0f\t%.2f\t\n", webhooks, latency, n, took.Seconds(), float64(n)/took.Seconds(), bare.Seconds()/took.Seconds())
	}
	return out.Flush()
}

// tell tells webhooks of so many owners of n events in all, and returns how long it took.
func tell(ctx context.Context, address string, webhooks, n int) (took time.Duration, err error) {
	dir, err := os.MkdirTemp("", "gonets-bench")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	app, err := openInstance(dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, app.ResetBootstrapState()) }()
	secret.Bind(app)
	if err := app.RunAllMigrations(); err != nil {
		return 0, err
	}
	if err := execute(app, `UPDATE instance SET webhook_networks = '127.0.0.1'`, nil); err != nil {
		return 0, err
	}
	for i := range webhooks {
		owner := fmt.Sprintf("owner%010d", i)
		id, err := saveUnchecked(app, "webhooks", map[string]any{
			"owner": owner, "url": address, "events": []string{"recipient.failed"}, "active": true, "secret": endpoint.NewSecret(), secret.Address: address,
		})
		if err != nil {
			return 0, err
		}
		err = execute(app, `
			WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < {:n})
			INSERT INTO webhook_events (message, webhook, type, subject, data, at)
			SELECT 'msg_' || lower(hex(randomblob(12))), {:webhook}, 'recipient.failed', 'reader' || i || '@example.com',
				json_object('mailing', 'abcdefghijklmno', 'client', 'abcdefghijklmno', 'email', 'reader' || i || '@example.com', 'tries', 1, 'reason', 'refused',
					'code', 552, 'enhanced_code', '5.2.2', 'response', '552 5.2.2 Mailbox full'), {:now}
			FROM k`, dbx.Params{"n": n / webhooks, "webhook": id, "now": time.Now().UnixMilli()})
		if err != nil {
			return 0, err
		}
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	begin := time.Now()
	go func() {
		defer close(ended)
		notifier.New(app).Run(running)
	}()
	defer func() { stop(); <-ended }()
	for left := 1; left > 0; time.Sleep(10 * time.Millisecond) {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		// One row at most is read.
		if err := app.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM webhook_events WHERE state = 'waiting')`).Row(&left); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}

func execute(app core.App, statement string, params dbx.Params) error {
	_, err := app.NonconcurrentDB().NewQuery(statement).Bind(params).Execute()
	return err
}

// saveUnchecked is save for records that refer to nothing that exists.
func saveUnchecked(app core.App, collection string, fields map[string]any) (string, error) {
	c, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		return "", err
	}
	r := core.NewRecord(c)
	r.Load(fields)
	return r.Id, app.SaveNoValidate(r)
}

// callBare makes as many calls without a database, and returns how long it took.
func callBare(ctx context.Context, address string, atOnce, n int) (time.Duration, error) {
	client := endpoint.NewClient()
	defer client.Close()
	networks, err := endpoint.ParseNetworks("127.0.0.1")
	if err != nil {
		return 0, err
	}
	client.Allow(networks)
	key := endpoint.NewSecret()
	failed := make(chan error, atOnce)
	begin := time.Now()
	for range atOnce {
		go func() {
			for range n / atOnce {
				a := client.Post(ctx, address, endpoint.Message{ID: "msg_1", At: time.Now(), Body: make([]byte, 250)}, key)
				if !a.OK() {
					failed <- errors.New(a.Error)
					return
				}
			}
			failed <- nil
		}()
	}
	for range atOnce {
		err = errors.Join(err, <-failed)
	}
	return time.Since(begin), err
}
