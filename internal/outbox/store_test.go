package outbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestTheNewestMailsAreKeptWithinBothBounds(t *testing.T) {
	size := len(smallMail("0", "Mail 0", "Hi"))
	for _, tc := range []struct {
		name    string
		options Options
		want    []string // subjects, newest first
	}{
		{"as many as asked for", Options{Keep: 2}, []string{"Mail 4", "Mail 3"}},
		{"as many as fit", Options{KeepBytes: int64(3*size + 1)}, []string{"Mail 4", "Mail 3", "Mail 2"}},
		{"none that is larger than all the room", Options{KeepBytes: int64(size - 1)}, nil},
		{"none when only counting", Options{Keep: -1}, nil},
		{"all when there is room", Options{}, []string{"Mail 4", "Mail 3", "Mail 2", "Mail 1", "Mail 0"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := start(t, tc.options)
			for i := range 5 {
				send(t, o, "a@example.org", smallMail(fmt.Sprint(i), fmt.Sprintf("Mail %d", i), "Hi"))
			}
			var got []string
			page := o.List(0, 10, "")
			for _, item := range page.Items {
				got = append(got, item.Subject)
			}
			if strings.Join(got, ", ") != strings.Join(tc.want, ", ") || page.TotalItems != len(tc.want) {
				t.Errorf("kept %v (%d), want %v", got, page.TotalItems, tc.want)
			}
			if o.Total() != 5 || o.Count("A@example.org") != 5 {
				t.Errorf("total %d, count %d; want 5", o.Total(), o.Count("A@example.org"))
			}
		})
	}
}

func TestClearForgetsAllThatWasCaught(t *testing.T) {
	o := start(t, Options{})
	send(t, o, "a@example.org", smallMail("1", "Hello", "Hi"))
	id := o.List(0, 1, "").Items[0].ID
	o.Clear()
	if _, ok := o.One(id); ok || o.List(0, 10, "").TotalItems != 0 || o.Total() != 0 || len(o.Counts()) != 0 || len(o.MessageIDs()) != 0 {
		t.Fatal("something is left")
	}
	send(t, o, "a@example.org", smallMail("2", "Hello", "Hi"))
	if o.Total() != 1 || o.List(0, 10, "").Items[0].ID == id {
		t.Fatal("the next mail is not caught as the first")
	}
}

func TestWait(t *testing.T) {
	t.Run("returns at once when enough is there", func(t *testing.T) {
		o := start(t, Options{})
		if err := o.Wait(soon(t), 0); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("returns with the mail that was missing", func(t *testing.T) {
		o := start(t, Options{Keep: -1})
		waited := make(chan error, 1)
		go func() { waited <- o.Wait(soon(t), 2) }()
		send(t, o, "a@example.org", smallMail("1", "Hello", "Hi"))
		select {
		case err := <-waited:
			t.Fatalf("returned after one mail: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
		send(t, o, "a@example.org", smallMail("2", "Hello", "Hi"))
		if err := <-waited; err != nil {
			t.Fatal(err)
		}
	})
	t.Run("says how many came when it gives up", func(t *testing.T) {
		o := start(t, Options{})
		send(t, o, "a@example.org", smallMail("1", "Hello", "Hi"))
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		err := o.Wait(ctx, 3)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 of 3") {
			t.Fatalf("error %v", err)
		}
		if len(o.store.waiters) != 0 {
			t.Fatal("the waiter is still in the queue")
		}
	})
}

func TestMessageIDIsFoundWithoutParsing(t *testing.T) {
	for _, tc := range []struct{ name, source, want string }{
		{"a usual field", "From: a@b\r\nMessage-ID: <x.y@example.org>\r\n\r\nHi", "x.y@example.org"},
		{"in another case, without CR", "MESSAGE-Id:<x@example.org>\n\nHi", "x@example.org"},
		{"folded before the value", "Message-ID:\r\n <x@example.org>\r\n\r\n", "x@example.org"},
		{"only in the body", "From: a@b\r\n\r\nMessage-ID: <x@example.org>\r\n", ""},
		{"a field whose name only begins so", "Message-IDs: <x@example.org>\r\n\r\n", ""},
		{"none", "From: a@b\r\n", ""},
		{"nothing at all", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := messageID([]byte(tc.source)); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}
