package clientrow

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"gonets/internal/suppression"
)

// Why somebody must not be mailed.
const (
	reasonUnsubscribed = suppression.ReasonUnsubscribed
	reasonBounced      = suppression.ReasonBounced
	reasonComplained   = suppression.ReasonComplained
	reasonManual       = suppression.ReasonManual
)

// statusWords are what other services and people write into a column of statuses, in the form of headerWords, and why such
// a person must not be mailed; "" for those who may be.
var statusWords = func() map[string]string {
	of := map[string]string{}
	for reason, words := range map[string][]string{
		"": {
			"active", "enabled", "subscribed", "subscriber", "confirmed", "opted in", "opt in", "optin", "new", "available", "ok", "valid", "delivered", "verified", "single opt in", "double opt in", "soft bounced", "soft bounce",
			"inactive", "temp unreachable", "temporarily unavailable", "temporarily unreachable", "mailbox full",
			"активен", "активный", "активна", "активные", "подписан", "подписана", "подписчик", "новый", "новая", "действующий", "доступен", "подтвержден", "неактивен", "неактивный", "временно недоступен",
			"активний", "підписаний", "aktiv", "abonniert", "actif", "inscrit", "abonne", "activo", "suscrito", "attivo", "iscritto", "ativo", "inscrito", "aktywny", "aktif",
		},
		Unconfirmed: {
			"unconfirmed", "not confirmed", "non confirmed", "unactivated", "not activated", "activation requested", "confirmation pending", "pending confirmation", "awaiting confirmation", "awaiting activation", "waiting for confirmation", "unverified", "not verified",
			"pending", "waiting", "invited",
			"не подтвержден", "неподтвержденный", "не подтверждена", "не подтвердил", "не подтвердила", "ожидает подтверждения", "ждет подтверждения", "не активирован", "приглашен",
			"не підтверджений", "unbestatigt", "nicht bestatigt", "non confirme", "no confirmado", "non confermato", "nao confirmado", "niepotwierdzony",
		},
		reasonUnsubscribed: {
			"unsubscribed", "unsubscribe", "unsub", "opted out", "opt out", "optout", "not subscribed", "non subscribed", "nonsubscribed", "do not contact", "do not email", "dnc", "left", "unsubscribed by user",
			"отписан", "отписана", "отписался", "отписалась", "отписался лась", "отписавшийся", "отписка", "отказался", "отказ", "не подписан", "не подписана", "не беспокоить", "отключен",
			"відписаний", "відписався", "відписана", "abgemeldet", "desinscrit", "desabonne", "dado de baja", "baja", "no suscrito", "cancelado", "descadastrado", "disiscritto", "cancellato", "wypisany", "uitgeschreven", "ayrildi",
		},
		reasonBounced: {
			"bounced", "bounce", "hard bounced", "hard bounce", "bounced hard", "cleaned", "unreachable", "undeliverable", "undelivered", "invalid", "non existent", "does not exist", "not exist", "dead",
			"недоступен", "недоступный", "недоступна", "недействителен", "недействительный", "не существует", "несуществующий", "невалидный", "ошибка доставки", "недоставлено",
			"недоступний", "unzustellbar", "rebotado", "rebote", "rebond", "rebondi", "odbity",
		},
		reasonComplained: {
			"complained", "complaint", "complainer", "marked as spam", "spam", "spam complaint", "spam complained", "abuse", "abuse complaint", "reported spam", "reported as spam", "junk", "spam rejected", "marked as spam by user",
			"жалоба", "пожаловался", "пожаловалась", "жалоба на спам", "пометил как спам", "спам", "скарга",
		},
		reasonManual: {
			"blocklisted", "blacklisted", "blocked", "banned", "suppressed", "suspended", "excluded", "disabled", "removed", "deleted", "archived", "forgotten",
			"заблокирован", "заблокирована", "в черном списке", "черный список", "в стоп листе", "стоп лист", "удален", "исключен",
			"заблокований", "gesperrt", "blockiert", "bloque", "bloqueado", "bloccato", "zablokowany", "geblokkeerd", "engellendi",
		},
	} {
		for _, w := range words {
			of[w] = reason
		}
	}
	return of
}()

var (
	yesWords = []string{"true", "1", "yes", "y", "t", "on", "x", "да", "истина", "так", "ja", "wahr", "oui", "vrai", "si", "verdadero", "sim", "tak", "evet", "+", "✓", "✔"}
	noWords  = []string{"false", "0", "no", "n", "f", "off", "нет", "ложь", "ні", "nein", "falsch", "non", "faux", "falso", "nao", "nie", "hayir", "-", "—", "null", "none", "never", "никогда"}
	dateLike = regexp.MustCompile(`^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}`)
	zeroDate = regexp.MustCompile(`^[0\s:./TZ-]+$`)
)

// word is a cell in the form in which it is looked up.
func word(cell string) string {
	if words := headerWords(cell); words != "" {
		return words
	}
	return strings.TrimSpace(cell)
}

// leftBy returns why the person of a row must not be mailed, by the cell of a column that says so; "" for one who may be.
// known is false for a cell that says neither.
func leftBy(field, cell string) (reason string, known bool) {
	w := word(cell)
	isDate := dateLike.MatchString(cell)
	yes, no := slices.Contains(yesWords, w) || isDate && !zeroDate.MatchString(cell), slices.Contains(noWords, w) || zeroDate.MatchString(cell)
	switch {
	case cell == "":
		return "", true
	case field == fieldStatus || field == fieldSubscribed:
		if reason, ok := statusWords[w]; ok {
			return reason, true
		}
		if field == fieldSubscribed && no {
			return reasonUnsubscribed, true
		}
		return "", field == fieldSubscribed && yes
	case field == fieldConfirmed && (no || yes):
		if no {
			return Unconfirmed, true
		}
		return "", true
	case no:
		return "", true
	case yes:
		return leftFields[field], true
	}
	if reason, ok := statusWords[w]; ok {
		return reason, true
	}
	if field == fieldConfirmed {
		return "", false
	}
	return leftFields[field], false // a reason or a campaign in the words of whoever wrote it
}

// The fields of columns that say who has left.
const (
	fieldStatus     = "status"     // a word
	fieldSubscribed = "subscribed" // no for who has left
)

// leftFields are the fields that have yes, or a date, for who has left.
var leftFields = map[string]string{
	"unsubscribed": reasonUnsubscribed, "bounced": reasonBounced, "complained": reasonComplained, "blocked": reasonManual,
}

// leftField is the field of a reason.
func leftField(reason string) string {
	for field, r := range leftFields {
		if r == reason {
			return field
		}
	}
	return ""
}

func saysWhoLeft(field string) bool {
	return field == fieldStatus || field == fieldSubscribed || field == fieldConfirmed || leftFields[field] != ""
}

// fits reports whether the cells of a column are what its header promises: for a status half of them, for yes and no all.
func fits(field string, cells []string) bool {
	known, all := 0, 0
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		all++
		if _, ok := leftBy(field, cell); ok {
			known++
		}
	}
	if field == fieldStatus {
		return known*2 >= all
	}
	return known == all
}

// sayLeft reports whether one of the statuses says that somebody has left or not confirmed. A column in which none does may be of other
// statuses, such as those of orders, and is worth keeping.
func sayLeft(cells []string) bool {
	return saysWaiting(cells) || slices.ContainsFunc(cells, func(cell string) bool {
		reason, _ := leftBy(fieldStatus, cell)
		return reason != "" && !slices.Contains(waitingWords, word(cell))
	})
}

// isObject reports whether a cell is a JSON object.
func isObject(cell string) bool {
	return strings.HasPrefix(cell, "{") && strings.HasSuffix(cell, "}") && json.Valid([]byte(cell))
}
