package bounce

import (
	"strings"

	"gonets/internal/phrase"
)

// isBounce is true if a mail system sent the email to say that another one was not delivered.
func (e *email) isBounce() bool {
	if e.has("message/delivery-status") || e.has("message/global-delivery-status") || e.header.has("x-failed-recipients") || e.isDeliveryReport() {
		return true
	}
	if len(e.statuses) > 0 {
		return true
	}
	whole := e.notice.folded
	if e.isFromSystem() {
		return true
	}
	subject := strings.ToLower(e.header.text("subject"))
	return failureWords.In(subject) || subjectWords.In(subject) || failureWords.In(whole) && len(e.mentions) > 0 && e.header.get("in-reply-to") == ""
}

// has is true if a part is of that type.
func (e *email) has(mediaType string) bool {
	for _, p := range e.parts {
		if p.mediaType == mediaType {
			return true
		}
	}
	return false
}

func (e *email) isDeliveryReport() bool {
	return strings.Contains(strings.ToLower(e.header.get("content-type")), "delivery-status")
}

// isFromSystem is true if no person's mailbox sent the email: it has no return path, or comes from one of the addresses
// that mail systems use.
func (e *email) isFromSystem() bool {
	if e.header.has("return-path") && strings.Trim(e.header.get("return-path"), " <>") == "" {
		return true
	}
	from := strings.ToLower(e.header.text("from"))
	return systemSenders.In(from)
}

var systemSenders = phrase.New("mailer-daemon", "mail-daemon", "mailerdaemon", "postmaster", "post_master", "mdaemon", "mail delivery", "delivery subsystem", "system administrator", "systemadministrator", "daemon@")

var subjectWords = phrase.New("returned mail", "undelivered mail", "delivery status notification", "failure notice", "delivery report", "mail delivery", "mail system error", "returning message", "mail could not", "nondeliverable", "ndn:")

// isReply is true for the automatic reply of a mailbox and for a receipt.
func (e *email) isReply() bool {
	if e.has("message/disposition-notification") || strings.Contains(strings.ToLower(e.header.get("content-type")), "disposition-notification") {
		return true
	}
	if e.has("message/delivery-status") || e.isDeliveryReport() || e.header.has("x-failed-recipients") || len(e.statuses) > 0 {
		return false
	}
	subject := strings.ToLower(e.header.text("subject"))
	if replySubjects.In(subject) {
		return true
	}
	auto := strings.ToLower(e.header.get("auto-submitted"))
	replied := strings.HasPrefix(auto, "auto-replied") || e.header.has("x-autoreply") || e.header.has("x-autorespond") || e.header.has("x-autoreply-from") ||
		strings.Contains(strings.ToLower(e.header.get("precedence")), "auto_reply") || e.header.has("x-vacation")
	return replied && !systemSenders.In(strings.ToLower(e.header.text("from"))) && !subjectWords.In(subject)
}

var replySubjects = phrase.New("out of office", "out-of-office", "out of the office", "automatyczna odpowied", "automatic reply", "auto reply", "autoreply", "auto-reply", "auto response", "autoresponse", "away from", "vacation", "abwesenheit", "abwesend", "automatische antwort", "réponse automatique", "absence", "respuesta automática", "risposta automatica", "resposta automática", "автоответ", "автоматический ответ", "自動応答", "自动回复")
