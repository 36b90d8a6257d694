package middleware

import (
	"context"
	"net/http/httptest"
	"testing"

	"gonets/internal/parallel"
)

// TestOneLargeAnswerAfterTheOther: twenty pages at once were held in memory, each as a whole.
func TestOneLargeAnswerAfterTheOther(t *testing.T) {
	answers := &largeAnswers{users: parallel.NewLocks(), slots: make(chan struct{}, largeAtOnce)}
	begun := func(user string) *largeAnswer {
		l := &largeAnswer{ResponseWriter: httptest.NewRecorder(), of: answers, user: user}
		if err := l.begin(t.Context(), largeFrom); err != nil {
			t.Fatal(err)
		}
		return l
	}
	waits := func(user string, bytes int64) bool {
		l := &largeAnswer{of: answers, user: user}
		defer l.end()
		return l.tryBegin(bytes) != nil
	}
	first, second := begun("anna"), begun("boris")
	if !waits("anna", largeFrom) || !waits("marta", largeFrom) || waits("anna", largeFrom-1) {
		t.Error("there is room for as many as like")
	}
	if _, err := first.Write([]byte("{}")); err != nil {
		t.Fatal(err)
	}
	if waits("marta", largeFrom) {
		t.Error("what is made already is waited for")
	}
	if !waits("anna", largeFrom) {
		t.Error("a user who does not read gets another answer")
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := (&largeAnswer{of: answers, user: "boris"}).begin(gone, largeFrom); err == nil {
		t.Error("who has left waits")
	}
	first.end()
	second.end()
	if len(answers.slots) != 0 || waits("anna", largeFrom) {
		t.Error("what has ended still counts")
	}
}
