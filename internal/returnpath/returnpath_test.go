package returnpath

import (
	"errors"
	"strings"
	"testing"
)

const recipient = 7<<32 + 123_456

func TestAnAddressNamesItsRecipient(t *testing.T) {
	key, other := NewKey(), NewKey()
	for _, style := range []Style{Plus, Minus, ""} {
		p, err := New("Bounces@Example.ORG", style)
		if err != nil {
			t.Fatal(err)
		}
		address := p.Of(key, recipient)
		local, domain, _ := strings.Cut(address, "@")
		if domain != "example.org" || len(local) != len("bounces+")+tokenLength {
			t.Errorf("%s: %s", style, address)
		}
		for _, arrived := range []string{address, strings.ToUpper(address), "<" + address + ">", local + "@relay.example.net"} {
			token, ok := Find(arrived)
			if !ok || token.Recipient != recipient || !token.Proves(key) {
				t.Errorf("%s: %+v %v", arrived, token, ok)
			}
			if token.Proves(other) {
				t.Errorf("%s is proven by another key", arrived)
			}
		}
	}
	if a, _ := New("a@example.org", Plain); a.Of(key, recipient) != "a@example.org" {
		t.Error(a.Of(key, recipient))
	}
}

func TestATokenCannotBeChanged(t *testing.T) {
	key := NewKey()
	p, err := New("b@example.org", Plus)
	if err != nil {
		t.Fatal(err)
	}
	address := p.Of(key, recipient)
	seen := map[string]bool{}
	for i := len("b+"); i < len("b+")+tokenLength; i++ {
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
			changed := address[:i] + string(c) + address[i+1:]
			token, ok := Find(changed)
			if ok && token.Proves(key) {
				seen[changed] = true
			}
		}
	}
	if len(seen) != 1 || !seen[address] {
		t.Errorf("%d addresses are proven, want the one that was made", len(seen))
	}
}

func TestWhatIsNoToken(t *testing.T) {
	for _, address := range []string{
		"", "@", "bounces@example.org", "bounces+@example.org", strings.Repeat("a", tokenLength) + "@example.org",
		"+" + strings.Repeat("a", tokenLength-1) + "@example.org", "bounces+" + strings.Repeat("1", tokenLength) + "@example.org",
		"bounces+" + strings.Repeat("a", tokenLength) + "@example.org", // number 0
		"bounces." + strings.Repeat("b", tokenLength) + "@example.org",
	} {
		if token, ok := Find(address); ok {
			t.Errorf("%q has %+v", address, token)
		}
	}
}

func TestReturnPathsThatCannotBe(t *testing.T) {
	for address, want := range map[string]error{
		"": errInvalid, "bounces": errInvalid, "a b@example.org": errInvalid,
		strings.Repeat("a", 34) + "@example.org": nil, strings.Repeat("a", 35) + "@example.org": ErrTooLong,
	} {
		if _, err := New(address, Plus); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", address, err, want)
		}
	}
	if _, err := New(strings.Repeat("a", 60)+"@example.org", Plain); err != nil {
		t.Error(err)
	}
	if _, err := New("a@example.org", "dot"); !errors.Is(err, errStyle) {
		t.Error(err)
	}
}

func FuzzFind(f *testing.F) {
	p, _ := New("b@example.org", Plus)
	key := Key{1}
	f.Add(p.Of(key, 1))
	f.Add("b+aaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x")
	f.Add("<>")
	f.Fuzz(func(t *testing.T, address string) {
		if token, ok := Find(address); ok && token.Recipient <= 0 {
			t.Errorf("%q names the recipient %d", address, token.Recipient)
		}
	})
}

// BenchmarkOf makes what an e-mail needs: the envelope sender and the Message-ID.
func BenchmarkOf(b *testing.B) {
	p, err := New("bounces@example.org", Plus)
	if err != nil {
		b.Fatal(err)
	}
	key := NewKey()
	for i := int64(1); b.Loop(); i++ {
		if len(p.Of(key, i)) < len(MessageID(key, i)) {
			b.Fatal("the return path is too short")
		}
	}
}

func TestATokenOfOnePlaceProvesNothingInTheOther(t *testing.T) {
	key := NewKey()
	p, err := New("b@example.org", Plus)
	if err != nil {
		t.Fatal(err)
	}
	if token, ok := FindInMessageID("<" + MessageID(key, recipient) + "@news.example.org>"); !ok || token.Recipient != recipient || !token.Proves(key) || token.Proves(NewKey()) {
		t.Errorf("%+v, %v", token, ok)
	}
	if token, ok := Find("b+" + MessageID(key, recipient) + "@example.org"); !ok || token.Proves(key) {
		t.Error("a Message-ID makes a return path")
	}
	local, _, _ := strings.Cut(p.Of(key, recipient), "@")
	if token, ok := FindInMessageID(strings.TrimPrefix(local, "b+") + "@example.org"); !ok || token.Proves(key) {
		t.Error("a return path makes a Message-ID")
	}
	if p.Address() != "b@example.org" || (Path{}).Address() != "" || !(Path{}).IsZero() {
		t.Errorf("the address is %q", p.Address())
	}
}
