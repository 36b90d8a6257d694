package relay_test

import (
	"testing"

	"gonets/internal/relay"
	"gonets/internal/smtptest"
)

// TestAnAnswerIsKeptAsItWasSaid apart from its codes and from what no log should hold.
func TestAnAnswerIsKeptAsItWasSaid(t *testing.T) {
	cases := []struct {
		name, raw string
		code      int
		enhanced  string
		text      string
		line      string
	}{
		{"one line", "550 5.1.1 No such user", 550, "5.1.1", "No such user", "550 5.1.1 No such user"},
		{"no enhanced code", "550 No such user", 550, "", "No such user", "550 No such user"},
		{"no text", "550 5.1.10", 550, "5.1.10", "", "550 5.1.10"},
		{"nothing but a code", "550", 550, "", "", "550"},
		{"a code and a space", "550 ", 550, "", "", "550"},
		{
			"many lines that repeat the enhanced code", "550-5.7.26 Unauthenticated\r\n550-5.7.26 see our\r\n550 5.7.26 page",
			550, "5.7.26", "Unauthenticated\nsee our\npage", "550 5.7.26 Unauthenticated see our page",
		},
		{
			"many lines of which one has another enhanced code", "550-5.1.1 no\r\n550 5.7.1 and no",
			550, "5.1.1", "no\n5.7.1 and no", "550 5.1.1 no 5.7.1 and no",
		},
		{
			"many lines of which the first has an enhanced code", "450-4.2.0 Greylisted\r\n450 for 5 minutes",
			450, "4.2.0", "Greylisted\nfor 5 minutes", "450 4.2.0 Greylisted for 5 minutes",
		},
		{"an address that looks like an enhanced code", "550 5.1.1.2 is blocked", 550, "", "5.1.1.2 is blocked", "550 5.1.1.2 is blocked"},
		{"a version that looks like an enhanced code", "550 5.10 is out", 550, "", "5.10 is out", "550 5.10 is out"},
		{"an enhanced code of no class", "550 3.1.1 what", 550, "", "3.1.1 what", "550 3.1.1 what"},
		{"numbers too long for an enhanced code", "550 5.1000.1 what", 550, "", "5.1000.1 what", "550 5.1000.1 what"},
		{"text that is not UTF-8", "550 5.1.1 caf\xe9", 550, "5.1.1", "caf\ufffd", "550 5.1.1 caf\ufffd"},
		{"Russian text", "550 5.1.1 нет такого", 550, "5.1.1", "нет такого", "550 5.1.1 нет такого"},
		{"control characters", "550 5.1.1 a\x00b\x1b[31mc\x7f", 550, "5.1.1", "a b [31mc", "550 5.1.1 a b [31mc"},
		{"a line ended by LF alone", "550 5.1.1 old\n550 dropped", 550, "5.1.1", "old", "550 5.1.1 old"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := smtptest.Start(t, smtptest.Script{Rules: []smtptest.Rule{smtptest.At(smtptest.RCPT, smtptest.Act{Raw: tc.raw + "\r\n"})}, Lockstep: true})
			got, err := dial(t, server(p)).Deliver(within(t), envelope(1), smallMail(1))
			if err != nil {
				t.Fatal(err)
			}
			want := relay.Answer{Stage: relay.StageRcpt, Code: tc.code, Enhanced: tc.enhanced, Text: tc.text}
			if got != want {
				t.Errorf("%+v\nwant %+v", got, want)
			}
			if got.String() != tc.line {
				t.Errorf("%q, want %q", got, tc.line)
			}
		})
	}
}

// TestWhatAnAnswerMeans for the recipient it is about.
func TestWhatAnAnswerMeans(t *testing.T) {
	cases := []struct {
		stage    relay.Stage
		code     int
		enhanced string
		want     relay.Kind
	}{
		{relay.StageBody, 250, "", relay.KindSent},
		{relay.StageBody, 250, "2.0.0", relay.KindSent},
		{relay.StageBody, 250, "5.1.1", relay.KindSent},
		{relay.StageData, 354, "", relay.KindOpen},
		{relay.StageRcpt, 450, "", relay.KindDeferred},
		{relay.StageRcpt, 451, "4.7.1", relay.KindDeferred},
		{relay.StageRcpt, 550, "4.2.2", relay.KindDeferred},
		{relay.StageRcpt, 550, "4.1.1", relay.KindDeferred},
		{relay.StageBody, 421, "4.3.2", relay.KindDeferred},
		{relay.StageRcpt, 550, "", relay.KindRefused},
		{relay.StageRcpt, 552, "5.2.2", relay.KindRefused},
		{relay.StageRcpt, 550, "2.1.5", relay.KindRefused},
		{relay.StageBody, 550, "5.6.0", relay.KindRefused},
		{relay.StageRcpt, 550, "5.1.0", relay.KindRefused},
		{relay.StageRcpt, 550, "5.1.1", relay.KindBadAddress},
		{relay.StageRcpt, 550, "5.1.2", relay.KindBadAddress},
		{relay.StageRcpt, 501, "5.1.3", relay.KindBadAddress},
		{relay.StageRcpt, 556, "5.1.10", relay.KindBadAddress},
		{relay.StageRcpt, 450, "5.1.1", relay.KindBadAddress},
		{relay.StageBody, 550, "5.1.1", relay.KindBadAddress},
		{relay.StageMail, 550, "5.1.1", relay.KindRefused},
		{relay.StageMail, 550, "5.1.8", relay.KindRefused},
		{relay.StageRcpt, 550, "5.1.100", relay.KindRefused},
		{relay.StageRcpt, 554, "5.7.1", relay.KindPolicy},
		{relay.StageBody, 550, "5.7.26", relay.KindPolicy},
		{relay.StageMail, 550, "5.7.1", relay.KindPolicy},
	}
	for _, tc := range cases {
		a := relay.Answer{Stage: tc.stage, Code: tc.code, Enhanced: tc.enhanced}
		if got := a.Kind(); got != tc.want {
			t.Errorf("%s at %s means %s, want %s", a, tc.stage, got, tc.want)
		}
	}
}
