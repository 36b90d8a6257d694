package doctor

import (
	"fmt"
	"strings"
	"time"

	"gonets/internal/printable"
)

// alertWords write the e-mails about problems in one language.
type alertWords struct {
	language string
	// What stands in a subject: of a problem, of several, of one that is over, of several that are over.
	problem, problems, over, allOver string
	// Lines of the text: when it began and what it is; what to do; what the program says; what is over, and when it began.
	since, do, said, ended string
	end                    string
	// names are those of findings by code. texts and acts are what is wrong and what to do, by code.reason or by code; where there are
	// none, it is the English of the finding.
	names, texts, acts map[string]string
	at                 string            // how times are written
	units              map[string]string // of sizes and times
}

// wordsIn are the words of a language, English unless there are others.
func wordsIn(language string) alertWords {
	if language == russianAlerts.language {
		return russianAlerts
	}
	return englishAlerts
}

func (w alertWords) subject(begun, ended []told) string {
	name := func(t told) string {
		code := t.finding().Code
		if name, ok := w.names[code]; ok {
			return name
		}
		return strings.ReplaceAll(code, "_", " ")
	}
	switch {
	case len(begun) == 1:
		return fmt.Sprintf(w.problem, name(begun[0]))
	case len(begun) > 1:
		return fmt.Sprintf(w.problems, len(begun))
	case len(ended) == 1:
		return fmt.Sprintf(w.over, name(ended[0]))
	}
	return fmt.Sprintf(w.allOver, len(ended))
}

func (w alertWords) text(begun, ended []told, address string) string {
	var b strings.Builder
	at := func(t told) string { return time.UnixMilli(t.Since).UTC().Format(w.at) }
	for _, p := range begun {
		f := p.finding()
		text, translated := w.of(w.texts, f, f.Detail)
		fmt.Fprintf(&b, w.since, at(p), strings.TrimSuffix(text, "."))
		if do, _ := w.of(w.acts, f, f.Do); do != "" {
			fmt.Fprintf(&b, w.do, strings.TrimSuffix(do, "."))
		}
		if translated && f.Detail != "" {
			fmt.Fprintf(&b, w.said, strings.TrimSuffix(f.Detail, "."))
		}
		b.WriteString("\n")
	}
	for _, p := range ended {
		f := p.finding()
		text, _ := w.of(w.texts, f, f.Detail)
		fmt.Fprintf(&b, w.ended+"\n", strings.TrimSuffix(text, "."), at(p))
	}
	fmt.Fprintf(&b, w.end, address)
	return b.String()
}

// of is what words say of a finding, and whether they say anything.
func (w alertWords) of(words map[string]string, f Finding, otherwise string) (text string, found bool) {
	text, found = words[f.Code+"."+f.Reason]
	if !found {
		text, found = words[f.Code]
	}
	if !found {
		return otherwise, false
	}
	fill := []string{"{subject}", f.Subject}
	for key, value := range f.Values {
		fill = append(fill, "{"+key+"}", w.written(key, value))
	}
	return printable.Line(strings.NewReplacer(fill...).Replace(text)), true
}

// written is a figure of a finding as people read it.
func (w alertWords) written(key string, value any) string {
	figure, isFigure := value.(float64) // as JSON has them
	switch {
	case isFigure && (key == "bytes" || key == "free"):
		return fmt.Sprintf("%.0f "+w.units["MB"], figure/(1<<20))
	case isFigure && key == "seconds":
		if hours := figure / 3600; hours < 48 {
			return fmt.Sprintf("%.0f "+w.units["hours"], hours)
		}
		return fmt.Sprintf("%.0f "+w.units["days"], figure/86400)
	}
	if text, ok := value.(string); ok {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.UTC().Format(w.at)
		}
	}
	return fmt.Sprint(value)
}

var englishAlerts = alertWords{
	language: "en",
	problem:  "a problem: %s", problems: "%d problems", over: "1 problem is over: %s", allOver: "%d problems are over",
	since: "Since %s: %s.\n", do: "What to do: %s.\n", ended: "It is over: %s (since %s).\n",
	end: "%s\nYou get this once for each problem, and once when it is over.\n",
	at:  time.DateTime + " MST",
}

// russianAlerts say of the reasons what the page of the web UI says (pb_public/i18n/ru/health.js).
var russianAlerts = alertWords{
	language: "ru",
	problem:  "проблема: %s", problems: "проблемы (%d)", over: "проблема решена: %s", allOver: "проблемы решены (%d)",
	since: "С %s: %s.\n", do: "Что делать: %s.\n", said: "Подробности: %s.\n", ended: "Проблема решена: %s (началась %s).\n",
	end:   "%s\nТакое письмо приходит один раз, когда проблема появилась, и один раз, когда она решена.\n",
	at:    "02.01.2006 15:04 MST",
	units: map[string]string{"MB": "МБ", "hours": "ч", "days": "дн."},
	names: map[string]string{
		"sending": "отправка", "mail_server": "почтовый сервер", "last_backup": "резервная копия", "disk": "место на диске",
		"database": "база данных", "certificate": "сертификат", "clock": "часы", "version": "версия",
	},
	texts: map[string]string{
		"sending.database":               "ничего не отправляется: база данных не читается или не записывается",
		"sending.epoch":                  "ничего не отправляется: неизвестно, не старая ли это копия базы",
		"sending.lock":                   "ничего не отправляется: не открывается файл блокировки в папке данных",
		"sending":                        "ничего не отправляется: начать отправку не удалось",
		"mail_server.server_unreachable": "почтовый сервер отправителя {subject} не отвечает",
		"mail_server.tls_failed":         "не удаётся установить защищённое соединение с почтовым сервером отправителя {subject}",
		"mail_server.login_failed":       "почтовый сервер отправителя {subject} требует имя и пароль или не принимает указанные",
		"mail_server.server_refusing":    "почтовый сервер отправителя {subject} отвечает, но не принимает письма",
		"mail_server.sender_refused":     "почтовый сервер не принимает письма с адреса отправителя {subject}",
		"mail_server":                    "почтовый сервер отправителя {subject} не работает",
		"last_backup.missed":             "резервная копия по расписанию не создана; последняя — {name}, {bytes}, создана {seconds} назад",
		"last_backup":                    "не удаётся получить список резервных копий",
		"disk":                           "свободно только {free}: когда диск заполнится, отправка остановится",
		"database":                       "базу данных не удалось прочитать",
		"certificate.expires":            "сертификат {subject} истекает {until}",
		"certificate":                    "сертификат {subject} недействителен: браузеры и почтовые программы не откроют ссылки",
		"clock.before_build":             "часы идут неверно: на них {now}, а это раньше, чем собрана программа",
		"clock":                          "часы перевели назад: на них {now}, но письма уже отправлялись позже",
		"version":                        "базу данных изменила более новая версия программы",
	},
	acts: map[string]string{
		"sending.database":    "освободите место на диске или завершите программу, которая держит базу; после этого отправка продолжится сама",
		"sending.epoch":       "дайте пользователю, от имени которого работает Гонец, право записи в папку данных и во все файлы в ней",
		"sending.lock":        "дайте пользователю, от имени которого работает Гонец, право записи в папку данных и во все файлы в ней",
		"sending":             "причину ищите в журнале сервиса",
		"mail_server":         "рассылки ждут и продолжатся сами, когда сервер заработает; проверьте соединение и исправьте адрес, порт, шифрование или пароль",
		"last_backup.missed":  "причина — в журнале сервиса; чаще всего это заполненный диск или неверный ключ S3",
		"last_backup":         "проверьте, где хранятся копии, и ключи S3",
		"disk":                "освободите место или возьмите диск побольше; помогает и хранить журнал меньше дней",
		"database":            "посмотрите журнал и перезапустите сервис; если не поможет, восстановите последнюю резервную копию",
		"certificate.expires": "обновите его: к этому времени он должен был обновиться сам",
		"certificate":         "обновите его или настройте прокси так, чтобы он отдавал сертификат для этого имени",
		"clock":               "установите время и включите сверку: timedatectl set-ntp true",
		"version":             "снова запустите новую версию или восстановите копию, сделанную до обновления (docs/install.md)",
	},
}
