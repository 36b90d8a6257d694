package clientrow

import (
	"slices"
	"strings"
	"unicode"
)

// What a header says that its column has.
const (
	kindUnknown = iota
	kindEmail
	kindWholeName
	kindName // the whole name, or the first one beside a column with family names
	kindFirstName
	kindMiddleName
	kindLastName
	kindComment
	kindAttributes // JSON objects
	kindStatus     // a word
	kindSubscribed // yes or no
	kindConfirmed  // the same
	kindLeft       // yes, or when; leftHeaders have the reason
	kindOther      // a common attribute
)

// Headers as people and other services write them, in the form of headerWords.
var headerKinds = kindsOf(map[int][]string{
	kindWholeName: {
		"full name", "fullname", "display name", "contact name", "client name", "customer name", "subscriber name", "contact", "client", "customer",
		"фио", "ф и о", "фио клиента", "полное имя", "имя и фамилия", "имя фамилия", "фамилия имя", "фамилия имя отчество", "фамилия и имя", "имя отчество",
		"контакт", "контактное лицо", "клиент", "покупатель", "имя клиента", "піб", "п і б", "повне імя", "повне ім я", "клієнт",
		"vollstandiger name", "kunde", "nom complet", "nom et prenom", "nom prenom", "client nom", "nombre completo", "nombre y apellidos", "nombre y apellido", "cliente",
		"nome completo", "nome e cognome", "imie i nazwisko", "klient", "ad soyad", "adi soyadi", "volledige naam", "氏名", "名前", "お名前", "姓名", "이름", "성명",
	},
	kindName:       {"name", "names", "имя", "имена", "ім я", "імя", "nombre", "nome", "naam", "namn", "navn", "imie", "ad", "jmeno", "nev", "nume", "ime"},
	kindFirstName:  {"first name", "firstname", "first", "given name", "givenname", "forename", "fname", "vorname", "prenom", "primer nombre", "primeiro nome", "nombre de pila", "voornaam", "fornamn", "fornavn", "keresztnev", "prenume", "名"},
	kindMiddleName: {"middle name", "middlename", "additional name", "second name", "patronymic", "отчество", "по батькові", "zweiter vorname", "deuxieme prenom", "segundo nombre", "tussenvoegsel"},
	kindLastName: {
		"last name", "lastname", "last", "surname", "family name", "familyname", "lname", "фамилия", "прізвище", "nachname", "familienname", "nom", "nom de famille",
		"apellido", "apellidos", "sobrenome", "apelido", "cognome", "nazwisko", "soyad", "soyadi", "achternaam", "efternamn", "etternavn", "efternavn", "prijmeni", "vezeteknev", "prezime", "姓",
	},
	kindComment: {
		"comment", "comments", "note", "notes", "remark", "remarks", "комментарий", "комментарии", "примечание", "примечания", "заметка", "заметки", "комментар", "коментар", "примітка", "примітки", "нотатки",
		"kommentar", "notiz", "notizen", "bemerkung", "commentaire", "commentaires", "remarque", "comentario", "comentarios", "nota", "notas", "note commento", "commento", "uwagi", "komentarz", "opmerking", "備考", "备注", "備註", "비고",
	},
	kindAttributes: {"attributes", "attribs", "data", "custom data", "custom fields", "customfields", "custom attributes", "fields", "properties", "metadata", "meta", "extra"},
	kindStatus: {
		"status", "subscription status", "subscriber status", "contact status", "email status", "e mail status", "member status", "marketing status", "email marketing status", "email marketing",
		"subscription", "email subscription status", "email availability", "availability", "list status", "mailing status", "email address status",
		"статус", "статус подписки", "статус подписчика", "статус контакта", "статус email", "статус e mail", "статус адреса", "состояние", "доступность", "подписка", "статус підписки",
		"estado", "statut", "stato", "etat", "abonnement", "estado de suscripcion", "statut d abonnement",
	},
	kindSubscribed: {
		"subscribed", "is subscribed", "opted in", "opt in", "optin", "accepts marketing", "accepts email marketing", "email opt in", "email consent", "newsletter", "marketing consent", "email permission", "consent", "receive emails",
		"подписан", "подписана", "согласие", "согласие на рассылку", "получает рассылку", "подписан на рассылку", "підписаний", "abonniert", "suscrito", "inscrit", "abonne", "iscritto", "inscrito",
	},
	kindConfirmed: {
		"confirmed", "is confirmed", "subscription confirmed", "double opt in", "double optin", "doi", "подтвержден", "подтверждена", "подписка подтверждена", "bestatigt", "confirme", "confirmado", "confermato",
	},
	kindOther: {
		"phone", "phone number", "mobile", "mobile phone", "tel", "city", "town", "country", "region", "company", "organization", "position", "job title", "title", "birthday", "date of birth", "gender", "sex", "age",
		"address", "street", "zip", "postal code", "site", "website", "url", "tags", "groups", "labels", "created", "created at", "updated", "updated at", "id", "uuid", "ip", "language", "source", "date",
		"язык", "дата", "дата регистрации", "источник", "теги", "метки", "группа", "улица", "индекс", "инн", "телефон мобильный", "мобильный телефон",
		"stadt", "ort", "land", "telefon", "firma", "strasse", "plz", "ville", "pays", "telephone", "societe", "ciudad", "pais", "telefono", "empresa", "citta", "cidade", "miasto", "kraj", "电话", "城市", "電話", "会社名", "전화번호",
	},
})

// leftHeaders are the headers of columns that say who has left: why, or when, or only that.
var leftHeaders = func() map[string]string {
	of := map[string]string{}
	for reason, headers := range map[string][]string{
		reasonUnsubscribed: {
			"unsubscribed", "is unsubscribed", "opted out", "opt out", "optout", "unsub time", "unsubscribed at", "unsubscribed on", "unsubscribed date", "unsubscribe date", "unsubscribe time", "unsubscription date", "date unsubscribed",
			"has opted out of email", "email opt out", "do not contact", "do not email", "dnc", "отписан", "отписана", "отписался", "отписка", "дата отписки", "время отписки", "не беспокоить", "відписаний", "abgemeldet", "abgemeldet am", "desinscrit", "desabonne", "dado de baja", "baja",
		},
		reasonBounced:    {"bounced", "is bounced", "hard bounced", "hard bounce", "clean time", "cleaned", "bounced at", "bounce date", "undeliverable", "invalid email", "недоступен", "недействителен"},
		reasonComplained: {"complained", "is complaint", "complaint", "spam", "marked as spam", "spam complaint", "complained at", "complaint date", "abuse", "жалоба", "пожаловался", "жалоба на спам"},
		reasonManual:     {"blacklisted", "blocklisted", "is blacklisted", "is blocklisted", "email blacklisted", "email blocklisted", "emailblacklisted", "suppressed", "is suppressed", "is blocked", "blocked", "banned", "черный список", "в черном списке", "заблокирован", "стоп лист", "в стоп листе"},
	} {
		for _, h := range headers {
			of[h] = reason
		}
	}
	return of
}()

func kindsOf(headers map[int][]string) map[string]int {
	of := map[string]int{}
	for kind, words := range headers {
		for _, w := range words {
			of[w] = kind
		}
	}
	return of
}

// The words of which the header of a column with addresses consists. It has one of the first.
var (
	emailWords   = []string{"email", "emails", "mail", "почта", "почты", "емейл", "имейл", "мейл", "емайл", "имэйл", "пошта", "пошти", "e-mail", "correo", "courriel", "メール", "メールアドレス", "邮箱", "邮件", "電子郵件", "郵箱", "이메일"}
	besideEmails = []string{
		"e", "address", "addresses", "addr", "value", "primary", "main", "home", "work", "personal", "business", "contact", "client", "customer", "subscriber", "user", "your", "my", "1", "2", "3",
		"адрес", "адреса", "эл", "электронная", "электронной", "электронный", "личный", "личная", "рабочий", "рабочая", "основной", "основная", "клиента", "контакта", "покупателя", "получателя", "подписчика", "ел", "електронна", "електронної",
		"adresse", "electronico", "electronica", "electronique", "direccion", "de", "indirizzo", "endereco", "adres", "adresa", "posta", "электронка",
	}
)

// kindOfHeader is what a header says that its column has; reason is why its people have left, for kindLeft.
func kindOfHeader(header string) (kind int, reason string) {
	if len(header) > maxHeader*4 {
		return kindUnknown, ""
	}
	words := headerWords(header)
	if kind, ok := headerKinds[words]; ok {
		return kind, ""
	}
	if reason, ok := leftHeaders[words]; ok {
		return kindLeft, reason
	}
	if _, ok := commonAttributes[words]; ok {
		return kindOther, ""
	}
	fields := strings.Fields(strings.ReplaceAll(words, "e mail", "email"))
	has := false
	for _, f := range fields {
		if slices.Contains(emailWords, f) {
			has = true
		} else if !slices.Contains(besideEmails, f) {
			return kindUnknown, ""
		}
	}
	if has || words == "электронный адрес" || words == "эл адрес" || words == "адрес эл" {
		return kindEmail, ""
	}
	return kindUnknown, ""
}

const headerRows = 20 // records among which the header is looked for

// FindHeader returns which of the first records is the header: the one before the first address with the most headers that
// are known, and then with the most cells. It is -1 when there is none.
func FindHeader(records [][]string) int {
	data := slices.IndexFunc(records, func(r []string) bool { return slices.ContainsFunc(r, isAddress) })
	if data < 0 {
		data = len(records)
	}
	best, most, widest := -1, 0, 0
	for i, r := range records[:min(data, headerRows)] {
		known, cells := 0, 0
		for _, cell := range r {
			if cell = Clean(cell); cell == "" {
				continue
			}
			cells++
			if kind, _ := kindOfHeader(cell); kind != kindUnknown || strings.HasPrefix(cell, "attributes.") {
				known++
			}
		}
		if known > most || known == most && cells > widest {
			best, most, widest = i, known, cells
		}
	}
	if best >= 0 && most == 0 && isLikeData(records[best], records[best+1:]) {
		return -1
	}
	return best
}

// isLikeData reports whether a record without known headers has a number or a date, or a cell that comes again below it.
func isLikeData(first []string, rows [][]string) bool {
	for i, cell := range first {
		cell = Clean(cell)
		digits := 0
		for _, r := range cell {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits > 0 && digits*2 >= len([]rune(cell)) {
			return true
		}
		if cell != "" && len(first) > 1 && slices.ContainsFunc(rows, func(r []string) bool { return i < len(r) && Clean(r[i]) == cell }) {
			return true
		}
	}
	return false
}
