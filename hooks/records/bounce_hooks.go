package records

import (
	"regexp"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"gonets/hooks/request"
	"gonets/internal/secret"
	"gonets/internal/webhook"
)

const (
	// keyLength is the length of a key that is generated: 238 bits.
	keyLength = 40
	// shortestSecret is the minimum length of a secret: whoever guesses one can put addresses on stop lists.
	shortestSecret = 16
)

// hookKey is what a key must look like. The shortest one has as much as cannot be guessed.
var hookKey = regexp.MustCompile(`^[A-Za-z0-9_-]{24,100}$`)

// BindBounceHooks keeps valid what is agreed on with mail providers that report bounces by HTTP. Only superusers reach it.
func BindBounceHooks(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		if e.Record.GetString("key") == "" {
			e.Record.Set("key", security.RandomString(keyLength))
		}
		for _, field := range []string{"secret", "topic"} {
			e.Record.Set(field, strings.TrimSpace(e.Record.GetString(field)))
		}
		return e.Next()
	}
	app.OnRecordCreate("bounce_hooks").BindFunc(prepare)
	app.OnRecordUpdate("bounce_hooks").BindFunc(prepare)

	app.OnRecordValidate("bounce_hooks").BindFunc(func(e *core.RecordEvent) error {
		r, bad := e.Record, request.Refusals{}
		if !hookKey.MatchString(r.GetString("key")) {
			bad.Add("key", "invalid_key", "Must be 24 to 100 letters, digits, _ and - that nobody can guess; leave it empty, and one is made")
		}
		if err := checkHookSecret(bad, e.App, r); err != nil {
			return err
		}
		isSES, topic := r.GetString("provider") == string(webhook.SES), r.GetString("topic")
		switch {
		case isSES && !webhook.IsTopic(topic):
			bad.Add("topic", "invalid_topic", "Set the ARN of the topic of Amazon SNS, such as arn:aws:sns:eu-west-1:123456789012:bounces")
		case !isSES && topic != "":
			bad.Add("topic", "no_topic", "Only ses has a topic: leave it empty")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
	WrittenByUs(app, "bounce_hooks", "last_seen_at", "last_error")
	HideSecrets(app, "bounce_hooks")
}

// checkHookSecret wants a secret of every provider but ses, whose messages are signed by certificates of Amazon. The secret of
// one provider is of no use for another.
func checkHookSecret(bad request.Refusals, app core.App, r *core.Record) error {
	provider, given := webhook.Provider(r.GetString("provider")), r.GetString("secret")
	has, err := secret.Has(app, r, secret.Shared)
	if err != nil {
		return err
	}
	switch {
	case provider == webhook.SES && given != "":
		bad.Add("secret", "no_secret", "Amazon signs with its certificates: leave the secret empty, and set the topic")
	case provider == webhook.SES || provider == "":
	case !has || given == "" && !r.IsNew() && request.Changed(r, "provider"):
		bad.Add("secret", "secret_required", secretOf(provider))
	case provider == webhook.SendGrid && given != "" && !webhook.IsPublicKey(given):
		bad.Add("secret", "invalid_public_key", secretOf(provider))
	case given != "" && len(given) < shortestSecret:
		bad.Add("secret", "short_secret", "Must have at least 16 characters that nobody can guess")
	}
	return nil
}

// secretOf says which secret a provider needs.
func secretOf(provider webhook.Provider) string {
	switch provider {
	case webhook.SendGrid:
		return "Set the public key that SendGrid shows beside Signed Event Webhook"
	case webhook.Mailgun:
		return "Set the HTTP webhook signing key that Mailgun shows"
	case webhook.Generic:
		return "Set the secret with which the reports are signed (Gonets-Signature)"
	}
	return "Set the username:password, or the token, that the provider is to send with each report"
}
