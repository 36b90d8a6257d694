package results

import (
	"testing"
)

func TestWhatDiffersBetweenRecipientsIsLeftOutOfAnAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, response, want string }{
		{"an address in brackets", "550 5.1.1 <ilya@example.com>: Recipient address rejected", "Recipient address rejected"},
		{"a bare address", "550 5.1.1 User ilya@example.com unknown", "User … unknown"},
		{"a queue id", "550 5.1.1 rejected, id 4Xk2Lq0Zz9", "rejected, id …"},
		{"a long number", "550 5.1.1 ticket 1764000033", "ticket …"},
		{"a host and its address stay", "550 5.1.1 mx1.example.com [192.0.2.25] says no", "mx1.example.com [192.0.2.25] says no"},
		{"several lines", "550-5.1.1 The account\n550-5.1.1 does not exist.\n550 5.1.1 See help", "The account does not exist. See help"},
		{"no code", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := textOf(&Recipient{Code: 550, EnhancedCode: "5.1.1", Response: c.response}); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
