package bounce

import "gonets/internal/phrase"

// Words are in lower case and looked for anywhere in a line.

// failureWords say that an email was not delivered, in the languages that mail systems are translated to.
var failureWords = phrase.New(
	"could not be delivered", "cannot be delivered", "can't be delivered", "couldn't be delivered", "not delivered", "was not deliver", "undeliverable", "not a member", "not member", "duplicated message", "unable to deliver", "could not deliver",
	"delivery fail", "failed to deliver", "failed recipient", "not be sent", "did not reach", "didn't reach", "returned to sender", "permanent error", "permanent fail", "fatal error",
	"user unknown", "unknown user", "no such user", "does not exist", "doesn't exist", "not found", "unknown recipient", "recipient unknown", "invalid recipient", "no mailbox", "mailbox full",
	"mailbox is full", "over quota", "exceeded", "rejected", "refused", "denied", "blocked", "bounced", "not listed in", "not exist", "delivery to the following", "delivery problem", "not accept",
	"has not been delivered", "wasn't delivered", "delay", "non-deliver", "nondeliver", "unsuccessful", "problem deliver", "trouble deliver",
	// German, French, Spanish, Italian, Portuguese, Dutch, Polish
	"nicht zugestellt", "konnte nicht", "unzustellbar", "unbekannt", "n'a pas pu", "non remis", "pas été remis", "échec", "inconnu", "no se pudo", "no se ha podido", "no pudo", "no existe", "non recapitabil",
	"non è stato", "impossibile", "sconosciut", "não foi possível", "não pôde", "não existe", "kan niet", "niet worden", "nie może", "nie można", "nie istnieje", "nie został",
	// Russian, Ukrainian
	"не доставлено", "не удалось", "не может быть доставлено", "не было доставлено", "недоставлен", "не найден", "не существует", "ошибка доставки", "невозможно доставить", "не вдалося", "не може бути",
	// Japanese, Chinese, Korean
	"配信できません", "届けできません", "送信できません", "配送できません", "配信不能", "エラー", "退信", "无法投递", "無法投遞", "投递失败", "不存在", "无法送达", "無法傳遞", "배달할 수 없", "전송할 수 없", "전송하지 못",
)

// notRecipient are words of a line whose addresses are those of the sender or of somebody to ask.
var notRecipient = phrase.New(
	"mail from:", "mail from <", "contact ", "contact:", "assistance", "for help", "further info", "questions", "send mail to postmaster", "send e-mail to", "forward this", "message-id", "in-reply-to", "reply-to:",
	"x-sender", "envelope-from", "return-path", "originator", "kontakt ", "mailto:postmaster", "from:", "von:", "absender", "expéditeur", "remitente:", "mittente:", "отправитель", "от:", "发件人", "sender:",
)

// expandedWords say that the address before them was reached through another one.
var expandedWords = phrase.New("expanded from", "generated from", "originally sent to", "forwarded from", "(was:", "ultimately generated", "expansion of")

// labels stand before the address of a recipient.
var labels = []string{
	"recipient", "recipients", "rcpt to", "failed address", "failed addresses", "email address", "e-mail address", "address", "destination", "user", "userid", "user id", "mailbox", "deliver to", "delivered to", "delivery to", "message to",
	"to the following recipient", "following recipients", "following address", "following addresses", "failed for", "delivering to", "mail to", "email to", "reach", "sent to", "intended for", "original-recipient", "final-recipient", "rfc822", "smtp",
	"empfänger", "destinataire", "destinataires", "destinatario", "destinatarios", "destinatari", "destinatário", "адресат", "получатель", "кому", "получателю", "收件人", "宛先", "subject of failure",
}

// delayWords say that the system still tries.
var delayWords = phrase.New(
	"will be retried", "will keep trying", "will continue to", "still trying", "will try again", "not yet been delivered", "has been delayed", "was delayed", "delivery delayed", "delivery is delayed",
	"not need to resend", "not need to re-send", "don't need to resend", "no need to resend", "only a temporary failure report", "warning message only", "temporarily delayed", "delivery attempts will continue", "not been delivered yet", "delayed mail", "could not be delivered for the last", "keep trying", "not yet delivered",
	"verzögert", "retardé", "отложен", "задерж", "no action is required",
)

// givenUpWords say that the system tries no longer, in a notice that also says that it tried for long.
var givenUpWords = phrase.New("giving up", "given up", "gave up", "permanent error", "permanent fatal", "no further attempts", "will not be retried", "returned to sender", "has expired", "being returned", "timeout has expired", "failed permanently")
