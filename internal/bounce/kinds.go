package bounce

import (
	"strings"

	"gonets/internal/mimepart"
	"gonets/internal/phrase"
)

// isBounce is true if a mail system sent the email to say that another one was not delivered.
func (e *email) isBounce() bool {
	switch {
	case e.isForPrograms(), e.isFromSystem(), subjectWords.In(e.subject):
		return true
	case e.header.Has("in-reply-to"), len(e.mentions) == 0 || e.mentions[0].strength < likely: // a person's words about a bounce
		return false
	}
	return failureWords.In(e.notice.folded) && (e.from == "" || strings.HasPrefix(e.header.Get("auto-submitted"), "auto-") || e.isReturned())
}

// isReturned is true if the email contains another one that its reader has sent.
func (e *email) isReturned() bool {
	if e.nested == nil {
		return false
	}
	original, _ := mimepart.ParseHeader(e.nested)
	senders := addressesOf(original.All("return-path", "from"), 2)
	for _, to := range addressesOf(e.header.All("to", "delivered-to", "x-original-to"), maxReturnPaths) {
		if containsFold(senders, to) {
			return true
		}
	}
	return false
}

// isForPrograms is true if the email has fields about its recipients.
func (e *email) isForPrograms() bool {
	return len(e.statuses) > 0 || e.has("message/delivery-status") || e.has("message/global-delivery-status") || isReport(e.header) ||
		e.header.Has("x-failed-recipients")
}

// has is true if a part is of that type.
func (e *email) has(mediaType string) bool {
	for _, p := range e.parts {
		if p.Type == mediaType {
			return true
		}
	}
	return false
}

// isReport is true for the header of a delivery report (RFC 6522).
func isReport(header mimepart.Header) bool {
	return strings.Contains(strings.ToLower(header.Get("content-type")), "delivery-status")
}

// isFromSystem is true if no person's mailbox sent the email: it has no return path, or comes from one of the addresses
// that mail systems use.
func (e *email) isFromSystem() bool {
	if e.header.Has("return-path") && strings.Trim(e.header.Get("return-path"), " <>") == "" {
		return true
	}
	return systemSenders.In(e.from)
}

// systemSenders are in the From field of mail systems, in lower case.
var systemSenders = phrase.New(
	"mailer-daemon", "mail-daemon", "mailerdaemon", "postmaster", "post_master", "mdaemon", "mail delivery", "delivery subsystem", "system administrator", "systemadministrator", "daemon@", "microsoftexchange",
)

// subjectWords are in the subject of bounces, in lower case.
var subjectWords = phrase.New(
	"returned mail", "undelivered", "undeliverable", "undeliverd", "delivery status", "failure notice", "delivery report", "mail delivery", "delivery fail", "mail system error", "returning message", "mail could not", "nondeliverable", "non-deliver", "ndn:", "mail failure", "failed mail",
	"delivery notification", "delivery problem", "message you sent", "could not be delivered", "not delivered", "unzustellbar", "rückläufer", "nicht zugestellt", "non remis", "échec de", "no se puede entregar", "no entregado", "impossibile recapitare", "mancato recapito", "não entregue", "onbestelbaar", "niet-bestelbaar", "не доставлен", "недоставлен", "невозможно доставить", "配信不能", "配信できません", "退信", "无法投递",
)

// isReply is true for the automatic reply of a mailbox and for a receipt.
func (e *email) isReply() bool {
	if e.has("message/disposition-notification") || strings.Contains(strings.ToLower(e.header.Get("content-type")), "disposition-notification") {
		return true
	}
	if e.isForPrograms() || systemSenders.In(e.from) || subjectWords.In(e.subject) {
		return false
	}
	for _, name := range []string{"x-autoreply", "x-autorespond", "x-autoreply-from", "x-vacation", "x-auto-reply"} {
		if e.header.Has(name) {
			return true
		}
	}
	return replySubjects.In(e.subject) || strings.HasPrefix(strings.ToLower(e.header.Get("auto-submitted")), "auto-replied") ||
		strings.Contains(strings.ToLower(e.header.Get("precedence")), "auto_reply")
}

// replySubjects are in the subject of automatic replies, in lower case.
var replySubjects = phrase.New(
	"out of office", "out-of-office", "out of the office", "automatic reply", "automatic response", "auto reply", "autoreply", "auto-reply", "auto response", "autoresponse", "away from", "vacation", "on leave", "holiday", "abwesenheit", "abwesend", "automatische antwort", "réponse automatique", "absence du bureau", "absent", "respuesta automática",
	"fuera de la oficina", "risposta automatica", "fuori sede", "resposta automática", "automatisch antwoord", "afwezig", "automatyczna odpowied", "autosvar", "автоответ", "автоматический ответ", "нет на работе", "в отпуске", "自動応答", "自動返信", "自动回复", "자동 회신",
)
