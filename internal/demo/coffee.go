package demo

import "time"

// coffeeHouse is Anna's: a small coffee house in Moscow that roasts its own beans.
func coffeeHouse() *shop {
	return &shop{
		owner: anna.Email, language: "ru", zone: "Europe/Moscow", prefix: "ko", seed: 1794,
		names:    russian,
		fromName: "Кофейня «Зерно»", fromEmail: "hello@kofeynya.example", replyTo: "anna@kofeynya.example",
		senderName: "Кофейня «Зерно»", returnPath: "bounces@kofeynya.example",
		colour: "#7a4a21", postalAddress: "105064, Москва, ул. Зерновая, 12", site: "https://kofeynya.example",

		clients: 402, age: 400 * 24 * time.Hour,
		attributes: coffeeAttributes,
		comments: []string{
			"Аллергия на орехи", "Каждую пятницу берёт два фильтра с собой", "Просит ставить счёт на компанию",
			"Пишет о кофе, стоит звать на каппинги", "Бывает с собакой, любит столик у окна", "Хочет купить ростер",
		},
		guests: []guest{
			{"Иван Старый", "bounce.ivan@pochta.example", 210},
			{"Мария Прошлая", "maria.nosuch@yashchik.example", 24},
			{"Контора «Рога и копыта»", "office@nosuch.example", 17},
			{"Пётр Забывчивый", "bounce.petr@pismo.example", 11},
			{"Зинаида Полная", "zina.full@pochta.example", 130},
			{"Сергей Грей", "sergey.grey@studiya.example", 95},
			{"Отдел закупок", "policy.zakupki@rabota.example", 75},
			{"Нина Переменчивая", "nina.uncertain@yashchik.example", 60},
			{"Глеб Загадкин", "gleb.uncertain@pismo.example", 9},
			{"Олег Уволенный", "oleg.former@rabota.example", 120},
			{"Вера Перегруженная", "vera.quota@pismo.example", 150},
			{"Бухгалтерия", "filter.buh@studiya.example", 65},
			{"Раиса Сердитая", "raisa.angry@pochta.example", 21},
			{"Эдуард Недовольный", "edik.angry@yashchik.example", 10},
			// These were added after the last mailing: the draft is their first e-mail.
			{"Аркадий Опечаткин", "bounce.arkady@pochta.example", 0},
			{"Клара Описка", "klara.nosuch@pismo.example", 0},
			{"Тамара Грей", "tamara.grey@pochta.example", 0},
			{"Ростислав Полный", "rost.full@yashchik.example", 0},
			{"Вадим Неясный", "vadim.uncertain@studiya.example", 0},
			{"Инна Бывшая", "inna.former@pochta.example", 0},
			{"Лев Переполненный", "lev.quota@pismo.example", 0},
			{"Отдел писем", "filter.pisma@rabota.example", 0},
			{"Жанна Возмутимая", "zhanna.angry@yashchik.example", 0},
		},
		lists: []list{
			{key: "guests", name: "Гости кофейни", description: "Все, кто оставил адрес у кассы или на сайте", public: true, share: often(0.72)},
			{key: "club", name: "Клуб «Зерно»", description: "Серебряные и золотые карты", share: whose("card", 0.92, "серебряная", "золотая")},
			{key: "workshops", name: "Мастер-классы", description: "Кто просил писать о мастер-классах и каппингах", public: true, doubleOptIn: true, share: often(0.31)},
			{key: "beans", name: "Зерно домой", description: "Покупают свежеобжаренное зерно", public: true, share: often(0.24)},
		},
		filters: []savedFilter{
			{"Золотые карты Москвы", `attributes.card = "золотая" && attributes.city = "Москва"`},
			{"Давно с нами, больше 20 визитов", `attributes.visits > 20`},
			{"Без имени", `full_name = ""`},
		},
		stops: []stop{
			{"address", "redaktsiya@gazeta.example", "Просили не писать: для прессы отдельный адрес", 88},
			{"domain", "konkurent.example", "Сотрудники соседней сети", 160},
		},
		past: []past{
			{name: "Новый сорт: Эфиопия", message: "ethiopia", list: "beans", days: 28, hour: 11, minute: 0, unsubscribes: 1},
			{name: "Мастер-класс по латте-арту", message: "latte-art", list: "workshops", days: 23, hour: 12, minute: 30, end: settled, unsubscribes: 1},
			{name: "Что у нас нового", message: "news", days: 19, hour: 10, minute: 15, end: settled, unsubscribes: 4},
			{name: "Клуб: ночная дегустация", message: "night", list: "club", days: 14, hour: 18, minute: 0},
			{name: "Бонусы за визиты", message: "bonus", list: "guests", filter: `attributes.visits > 2`, days: 8, hour: 11, minute: 45, end: settled, unsubscribes: 2},
			{name: "Два вопроса о кофейне", message: "survey", list: "guests", days: 4, hour: 16, minute: 20, unsubscribes: 1},
			{name: "Часы работы в праздники", message: "hours", days: 1, hour: 13, minute: 5, end: paused},
		},
		form: form{
			list: "guests", name: "Подписка на сайте", days: 45,
			title: "Письма из кофейни", text: "Новые сорта, мастер-классы и тихие часы. **Не чаще раза в неделю.**",
			consent: "Я согласен получать письма кофейни «Зерно». Отписаться можно в любой момент.",
			fields:  `[{"name":"full_name","label":"Как вас зовут","type":"text"},{"name":"drink","label":"Любимый напиток","type":"choice","choices":["капучино","флэт уайт","фильтр","раф","эспрессо","какао"]}]`,
		},
		planned: []plan{
			{name: "Каппинг: шесть стран за вечер", message: "latte-art", list: "workshops", days: 7, hour: 11},
			{name: "Осталось 48 часов: зерно со скидкой", message: "sale", list: "guests"},
		},
	}
}

func coffeeAttributes(c *crowd) map[string]any {
	a := map[string]any{
		"visits": 1 + int(c.ExpFloat64()*7),
		"drink":  pick(c, []string{"капучино", "капучино", "флэт уайт", "фильтр", "раф", "эспрессо", "какао"}),
	}
	switch visits := a["visits"].(int); {
	case visits > 18:
		a["card"] = "золотая"
	case visits > 7:
		a["card"] = "серебряная"
	case visits > 2:
		a["card"] = "бронзовая"
	}
	if c.IntN(12) > 0 {
		a["city"] = c.weighted(c.shop.names.cities)
	}
	if date, ok := c.birthday(); ok {
		a["birthday"] = date
	}
	return a
}
