package testsend

import (
	"errors"
	"sync"
	"testing"
)

func TestOnceDoesEachKeyOnce(t *testing.T) {
	o := newOnce[int]()
	calls := 0
	count := func() (int, error) { calls++; return calls, nil }
	for _, c := range []struct {
		name, key string
		want      int
	}{
		{"the first time", "a", 1},
		{"the second time gets the first answer", "a", 1},
		{"another key", "b", 2},
		{"no key", "", 3},
		{"no key again", "", 4},
	} {
		if got, err := o.Do(c.key, count); got != c.want || err != nil {
			t.Errorf("%s: %d, %v; want %d", c.name, got, err, c.want)
		}
	}
}

func TestOnceLetsThoseWaitWhoComeMeanwhile(t *testing.T) {
	o := newOnce[string]()
	begun, finish := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = o.Do("a", func() (string, error) { close(begun); <-finish; return "first", nil })
	})
	<-begun
	group.Go(func() {
		got, err := o.Do("a", func() (string, error) { return "second", nil })
		if got != "first" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
	close(finish)
	group.Wait()
}

func TestOnceForgetsWhatFailed(t *testing.T) {
	o := newOnce[int]()
	broken := errors.New("broken")
	if _, err := o.Do("a", func() (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _ = o.Do("a", func() (int, error) { panic("worse") })
	}()
	if got, err := o.Do("a", func() (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("after two failures: %d, %v", got, err)
	}
}
