package e2e

import (
	"net/http"
	"strings"
	"testing"

	"gonets/internal/outbox"
)

// Test12AWebhookIsMadeTriedAndMended is an owner's way with a webhook, on a phone.
func Test12AWebhookIsMadeTriedAndMended(t *testing.T) {
	t.Parallel()
	w, owner, b := newBrowser(t, phone.in("ru"), outbox.Options{})
	r, address := receiver(t, 0)
	b.goTo("/webhooks")
	b.see(b.word("webhooks.none", nil))
	b.press(b.word("webhooks.new", nil))
	b.accessible("webhook dialog")
	b.fill(b.word("webhook.url", nil), address+"/?token=s3cret")
	b.submit(b.word("do.create", nil))
	b.see(b.word("code.address_not_allowed", nil))
	b.look("webhook-refused", phone.in("ru"))
	b.expect("400") // the request that was refused
	w.allowLoopback()
	b.submit(b.word("do.create", nil))
	b.see(b.word("webhook.secret.title", nil))
	if secret := ask[string](b, `document.querySelector('.token-secret').value`); !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("the secret is %q", secret)
	}
	b.look("webhook-secret", phone.in("ru"))
	b.submit(b.word("do.close", nil))
	b.see(b.word("webhook.never", nil))
	b.look("webhooks", phone.in("ru"))
	b.press(address + "/?token=…")

	b.press(b.word("webhook.test", nil))
	b.see(b.word("webhook.test.ok", object{"status": http.StatusOK}))
	if r.count("webhook.test") != 1 {
		t.Errorf("told were %v", r.types)
	}
	b.see(b.word("webhook.told.delivered", nil))
	b.accessible("webhook")
	b.look("webhook", phone.in("ru"))
	b.press(b.word("event.webhook.test", nil))
	b.see("HTTP 200")
	b.accessible("event of a webhook")
	b.look("webhook-event", phone.in("ru"))
	b.submit(b.word("do.close", nil))

	// What Gonets switched off says why, and is switched on again.
	var all struct{ Items []struct{ ID, URL string } }
	owner.get("/api/collections/webhooks/records").want(200).into(&all)
	if len(all.Items) != 1 || strings.Contains(all.Items[0].URL, "s3cret") {
		t.Errorf("there are %+v", all.Items)
	}
	b.press(b.word("do.more", nil))
	b.press(b.word("webhook.turnOff", nil))
	b.see(b.word("webhook.off", nil))
	b.press(b.word("do.more", nil))
	b.press(b.word("webhook.rotate", nil))
	b.submit(b.word("webhook.rotate.act", nil))
	b.see(b.word("webhook.rotated.text", nil))
	b.submit(b.word("do.close", nil))
	b.press(b.word("do.more", nil))
	b.press(b.word("do.delete", nil))
	b.submit(b.word("do.delete", nil))
	b.see(b.word("webhooks.none", nil))
}
