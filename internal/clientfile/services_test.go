package clientfile

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/tablefile"
)

// TestExportsOfOtherServices has the columns that the services write, and who has left in their words.
func TestExportsOfOtherServices(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []string // "email name status"
	}{
		{
			"Mailchimp, unsubscribed", "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON\nanna@example.com,Anna,Petrova,2,2024-01-01 10:00:00,2024-05-01 10:00:00,News,\n",
			[]string{"anna Anna Petrova unsubscribed"},
		},
		{
			"Mailchimp, cleaned", "Email Address,First Name,Last Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\nanna@example.com,Anna,Petrova,2024-05-01 10:00:00,News\n",
			[]string{"anna Anna Petrova bounced"},
		},
		{
			"Mailchimp, subscribed", "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME\nanna@example.com,Anna,Petrova,2,,,2024-05-01 10:00:00\n",
			[]string{"anna Anna Petrova active"},
		},
		{
			"Sendy", "Name,Email,Status\nAnna,anna@example.com,Subscribed\nBoris,boris@example.com,Bounced\nVera,vera@example.com,Marked as spam\nIvan,ivan@example.com,Soft bounced\n",
			[]string{"anna Anna active", "boris Boris bounced", "ivan Ivan active", "vera Vera complained"},
		},
		{
			"Brevo", "CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,EMAIL_BLOCKLISTED,OPT_IN\n1,anna@example.com,Anna,Petrova,no,Yes\n2,boris@example.com,Boris,Ivanov,yes,Yes\n3,vera@example.com,Vera,Sidorova,no,No\n",
			[]string{"anna Anna Petrova active", "boris Boris Ivanov unsubscribed", "vera Vera Sidorova unsubscribed"},
		},
		{
			"Mautic", "id;firstname;lastname;email;doNotContact;do_not_contact\n1;Anna;Petrova;anna@example.com;;0\n2;Boris;Ivanov;boris@example.com;;1\n",
			[]string{"anna Anna Petrova active", "boris Boris Ivanov unsubscribed"},
		},
		{
			"MailerLite", "Email,Name,Last name,Status,Subscribed,Unsubscribed\nanna@example.com,Anna,Petrova,active,2024-01-01 10:00:00,\nboris@example.com,Boris,Ivanov,unsubscribed,2024-01-01 10:00:00,2024-05-01 10:00:00\nvera@example.com,Vera,S,junk,,\n",
			[]string{"anna Anna Petrova active", "boris Boris Ivanov unsubscribed", "vera Vera S complained"},
		},
		{
			"UniSender", "email;email_status;email_availability;Имя\nanna@example.com;active;available;Анна\nboris@example.com;unsubscribed;available;Борис\nvera@example.com;active;unreachable;Вера\n",
			[]string{"anna Анна active", "boris Борис unsubscribed", "vera Вера bounced"},
		},
		{
			"SendPulse", "Email;Статус;Имя\nanna@example.com;Активный;Анна\nboris@example.com;Отписался;Борис\nvera@example.com;Недоступный;Вера\nivan@example.com;Жалоба на спам;Иван\n",
			[]string{"anna Анна active", "boris Борис unsubscribed", "ivan Иван complained", "vera Вера bounced"},
		},
		{
			"Sendy, unconfirmed", "Name,Email,Status\nAnna,anna@example.com,Subscribed\nBoris,boris@example.com,Unconfirmed\n",
			[]string{"anna Anna active", "boris Boris unsubscribed"},
		},
		{
			"statuses of contacts, some pending", "email,status\nanna@example.com,active\nboris@example.com,pending\n",
			[]string{"anna  active", "boris  unsubscribed"},
		},
		{
			"phpList", "email,confirmed,blacklisted\nanna@example.com,1,0\nboris@example.com,0,0\nvera@example.com,0,1\n",
			[]string{"anna  active", "boris  unsubscribed", "vera  unsubscribed"},
		},
		{
			"in Russian, unconfirmed", "Почта;Имя;Статус\nanna@example.com;Анна;Активный\nboris@example.com;Борис;Не подтверждён\n",
			[]string{"anna Анна active", "boris Борис unsubscribed"},
		},
		{
			"statuses of orders, some pending", "email,status\nanna@example.com,pending\nboris@example.com,new\nvera@example.com,delivered\nivan@example.com,waiting\n",
			[]string{"anna  active", "boris  active", "ivan  active", "vera  active"},
		},
		{
			"Google Contacts, new", "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Nickname,File As,Organization Name,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value\nАнна,,Петрова,,,,,,,,* myContacts,* Home,anna@example.com,work@example.com,+7 900\n",
			[]string{"anna Анна Петрова active"},
		},
		{
			"Outlook", "First Name,Middle Name,Last Name,Title,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address\nAnna,,Petrova,,anna@example.com,SMTP,Anna Petrova (anna@example.com),\n",
			[]string{"anna Anna Petrova active"},
		},
		{
			"Outlook in Russian", "Имя;Отчество;Фамилия;Адрес эл. почты;Тип эл. почты\nАнна;Ивановна;Петрова;anna@example.com;SMTP\n",
			[]string{"anna Анна Ивановна Петрова active"},
		},
		{
			"a column of yes and no in Russian", "Почта;ФИО;Подписан\nanna@example.com;Анна;да\nboris@example.com;Борис;нет\n",
			[]string{"anna Анна active", "boris Борис unsubscribed"},
		},
		{
			"a status that is something else", "email;status\nanna@example.com;VIP\nboris@example.com;regular\nvera@example.com;gold\nivan@example.com;unsubscribed\n",
			[]string{"anna  active", "boris  active", "ivan  unsubscribed", "vera  active"},
		},
		{
			"who has left comes late", "email,status\n" + strings.Repeat("anna@example.com,active\n", importSample+10) + "boris@example.com,unsubscribed\n",
			[]string{"anna  active", "boris  unsubscribed"},
		},
		{
			"the second row of an address says that it left", "email,status\nanna@example.com,active\nanna@example.com,unsubscribed\n",
			[]string{"anna  unsubscribed"},
		},
		{"names in French", "Courriel,Prénom,Nom\nanna@example.com,Anna,Petrova\n", []string{"anna Anna Petrova active"}},
		{"names in German", "E-Mail-Adresse;Vorname;Nachname;Straße\nanna@example.com;Anna;Petrova;Weg 1\n", []string{"anna Anna Petrova active"}},
		{"a name and a surname", "Email,Name,Surname\nanna@example.com,Anna,Petrova\n", []string{"anna Anna Petrova active"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := apptest.New(t)
			owner := clienttest.Owner(t, app, "owner@example.com")
			result, _ := imported(t, app, ImportOptions{Owner: owner}, c.file)
			var got []string
			for _, line := range clientLines(t, app, owner) {
				parts := strings.Split(line, "|")
				got = append(got, strings.TrimSuffix(parts[0], "@example.com")+" "+parts[1]+" "+parts[len(parts)-1])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, columns %+v", got, result.Columns)
			}
		})
	}
}

// TestStatusesOfOtherThingsAreKept has a column in which nobody has left.
func TestStatusesOfOtherThingsAreKept(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	imported(t, app, ImportOptions{Owner: owner}, "email,Статус,State\nanna@example.com,Новый,OK\nboris@example.com,Активный,NY\n")
	want := []string{`anna@example.com|||{"state":"OK","status":"Новый"}|active`, `boris@example.com|||{"state":"NY","status":"Активный"}|active`}
	if got := clientLines(t, app, owner); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestTheShapeOfAFileIsFoundOut has files whose rows are found by what they hold.
func TestTheShapeOfAFileIsFoundOut(t *testing.T) {
	for _, c := range []struct {
		name, file string
		how        Reading
		want       []string
	}{
		{"a title of one cell", "Clients\n\nФИО;Телефон;E-mail\nАнна;+7 900;anna@example.com\n", Reading{}, []string{`anna@example.com|Анна||{"phone":"+7 900"}|active`}},
		{"two titles", "Отчёт за март;;\nВсего: 1;;\nКто;Куда;Откуда\nАнна;anna@example.com;Тверь\n", Reading{}, []string{`anna@example.com|||{"kto":"Анна","otkuda":"Тверь"}|active`}},
		{"no header, and no address in the first row", "+7 900;Анна;\n+7 901;Борис;boris@example.com\n", Reading{}, []string{`boris@example.com|Борис||{"column_1":"+7 901"}|active`}},
		{"a list with a header", "To\nAnna Petrova <anna@example.com>; \"Ivanov; Boris\" <boris@example.com>,\n", Reading{}, []string{`anna@example.com|Anna Petrova||{}|active`, `boris@example.com|Ivanov; Boris||{}|active`}},
		{"a list with the field of a mail", "To: anna@example.com, Boris <boris@example.com>,\n  vera@example.com\n", Reading{}, []string{`anna@example.com|||{}|active`, `boris@example.com|Boris||{}|active`, `vera@example.com|||{}|active`}},
		{"names with commas in a list of semicolons", "Petrova, Anna <anna@example.com>; Ivanov, Boris <boris@example.com>", Reading{Delimiter: "semicolon"}, nil},
		{"the header is named", "email,name\nadresse,nom\nanna@example.com,Anna\n", Reading{Header: "2"}, []string{`anna@example.com|Anna||{}|active`}},
		{"there is no header", "anna@example.com,Anna\n", Reading{Header: "none"}, []string{`anna@example.com|Anna||{}|active`}},
		{"the delimiter is named", "email^name\nanna@example.com^Anna, B; C\n", Reading{Delimiter: "^"}, []string{`anna@example.com|Anna, B; C||{}|active`}},
		{"the encoding is named", "email,name\nanna@example.com,\x80\xad\xad\xa0\n", Reading{Encoding: "cp866"}, []string{`anna@example.com|Анна||{}|active`}},
		{"the whole name is empty and the parts are not", "email,full name,first name,last name\nanna@example.com,,Anna,Petrova\n", Reading{}, []string{`anna@example.com|Anna Petrova||{}|active`}},
		{"the column that is called so is empty", "Email;Рабочий адрес;Имя\n;anna@example.com;Анна\n", Reading{}, []string{`anna@example.com|Анна||{}|active`}},
		{"an unescaped quotation mark with the delimiter in it", "email,name,city\n" + `a@example.com,"ООО "Ромашка, цветы" и К","Тверь"` + "\nb@example.com,B,C\n", Reading{}, []string{`a@example.com|ООО "Ромашка, цветы" и К||{"city":"Тверь"}|active`, `b@example.com|B||{"city":"C"}|active`}},
		{"quotation marks around all of an odd text", "email,name\n" + `a@example.com,"Anna "Nan" P"` + "\n", Reading{}, []string{`a@example.com|Anna "Nan" P||{}|active`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := apptest.New(t)
			owner := clienttest.Owner(t, app, "owner@example.com")
			result, _ := imported(t, app, ImportOptions{Owner: owner, Reading: c.how}, c.file)
			if got := clientLines(t, app, owner); c.want != nil && !slices.Equal(got, c.want) || c.want == nil && len(got) != 2 {
				t.Errorf("%q, %+v", got, result)
			}
		})
	}
}

func TestReadingIsRefused(t *testing.T) {
	for code, how := range map[string]Reading{
		"unknown_encoding":  {Encoding: "klingon"},
		"unknown_delimiter": {Delimiter: "two words"},
		"unknown_header":    {Header: "7"},
	} {
		err := CheckFile(t.Context(), strings.NewReader("email\nanna@example.com\n"), how)
		if err == nil || !strings.Contains(codeOf(err), code) {
			t.Errorf("%+v: %v", how, err)
		}
	}
}

func codeOf(err error) string {
	var wrong *tablefile.Error
	if errors.As(err, &wrong) {
		return wrong.Field + " " + wrong.Code
	}
	return ""
}
