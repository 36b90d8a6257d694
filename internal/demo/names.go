package demo

import "strings"

// name is a part of a person's name, and how it is written in an address.
type name struct{ shown, typed string }

// names are what full names of one language are made of. A surname has a form for each of both sexes.
type names struct {
	women, men []name
	surnames   [][2]name // of a woman, of a man
	domains    []weighted
	cities     []weighted
}

// weighted is a value and how often it comes.
type weighted struct {
	value  string
	weight int
}

var russian = names{
	women: []name{
		{"Анастасия", "anastasia"}, {"Вера", "vera"}, {"Виктория", "viktoria"}, {"Галина", "galina"}, {"Дарья", "darya"},
		{"Евгения", "evgenia"}, {"Екатерина", "katya"}, {"Елена", "elena"}, {"Зоя", "zoya"}, {"Ирина", "irina"},
		{"Ксения", "ksenia"}, {"Лариса", "larisa"}, {"Любовь", "lyubov"}, {"Маргарита", "rita"}, {"Мария", "maria"},
		{"Надежда", "nadezhda"}, {"Наталья", "natalya"}, {"Нина", "nina"}, {"Ольга", "olga"}, {"Полина", "polina"},
		{"Светлана", "sveta"}, {"София", "sofia"}, {"Татьяна", "tatyana"}, {"Ульяна", "ulyana"}, {"Юлия", "yulia"},
	},
	men: []name{
		{"Александр", "alexander"}, {"Алексей", "alexey"}, {"Андрей", "andrey"}, {"Антон", "anton"}, {"Борис", "boris"},
		{"Василий", "vasily"}, {"Виктор", "viktor"}, {"Глеб", "gleb"}, {"Денис", "denis"}, {"Дмитрий", "dmitry"},
		{"Егор", "egor"}, {"Иван", "ivan"}, {"Игорь", "igor"}, {"Кирилл", "kirill"}, {"Лев", "lev"},
		{"Максим", "maxim"}, {"Михаил", "mikhail"}, {"Никита", "nikita"}, {"Олег", "oleg"}, {"Павел", "pavel"},
		{"Роман", "roman"}, {"Семён", "semyon"}, {"Тимофей", "timofey"}, {"Фёдор", "fyodor"}, {"Юрий", "yury"},
	},
	surnames: [][2]name{
		{{"Абрамова", "abramova"}, {"Абрамов", "abramov"}}, {{"Белова", "belova"}, {"Белов", "belov"}},
		{{"Виноградова", "vinogradova"}, {"Виноградов", "vinogradov"}}, {{"Волкова", "volkova"}, {"Волков", "volkov"}},
		{{"Воробьёва", "vorobyova"}, {"Воробьёв", "vorobyov"}}, {{"Голубева", "golubeva"}, {"Голубев", "golubev"}},
		{{"Громова", "gromova"}, {"Громов", "gromov"}}, {{"Данилова", "danilova"}, {"Данилов", "danilov"}},
		{{"Ершова", "ershova"}, {"Ершов", "ershov"}}, {{"Журавлёва", "zhuravlyova"}, {"Журавлёв", "zhuravlyov"}},
		{{"Зайцева", "zaytseva"}, {"Зайцев", "zaytsev"}}, {{"Калинина", "kalinina"}, {"Калинин", "kalinin"}},
		{{"Киселёва", "kiselyova"}, {"Киселёв", "kiselyov"}}, {{"Комарова", "komarova"}, {"Комаров", "komarov"}},
		{{"Крылова", "krylova"}, {"Крылов", "krylov"}}, {{"Лебедева", "lebedeva"}, {"Лебедев", "lebedev"}},
		{{"Макарова", "makarova"}, {"Макаров", "makarov"}}, {{"Миронова", "mironova"}, {"Миронов", "mironov"}},
		{{"Морозова", "morozova"}, {"Морозов", "morozov"}}, {{"Никитина", "nikitina"}, {"Никитин", "nikitin"}},
		{{"Орлова", "orlova"}, {"Орлов", "orlov"}}, {{"Осипова", "osipova"}, {"Осипов", "osipov"}},
		{{"Панова", "panova"}, {"Панов", "panov"}}, {{"Рябова", "ryabova"}, {"Рябов", "ryabov"}},
		{{"Савельева", "savelyeva"}, {"Савельев", "savelyev"}}, {{"Соколова", "sokolova"}, {"Соколов", "sokolov"}},
		{{"Тарасова", "tarasova"}, {"Тарасов", "tarasov"}}, {{"Фомина", "fomina"}, {"Фомин", "fomin"}},
		{{"Чернова", "chernova"}, {"Чернов", "chernov"}}, {{"Яковлева", "yakovleva"}, {"Яковлев", "yakovlev"}},
	},
	domains: []weighted{
		{"pochta.example", 38}, {"yashchik.example", 24}, {"pismo.example", 16}, {"rabota.example", 9}, {"studiya.example", 7}, {"institut.example", 6},
	},
	cities: []weighted{
		{"Москва", 54}, {"Химки", 9}, {"Мытищи", 8}, {"Королёв", 6}, {"Тверь", 6}, {"Тула", 6}, {"Санкт-Петербург", 6}, {"Калуга", 5},
	},
}

var english = names{
	women: []name{
		{"Alice", "alice"}, {"Amelia", "amelia"}, {"Beatrice", "bea"}, {"Clara", "clara"}, {"Diana", "diana"},
		{"Eleanor", "eleanor"}, {"Emma", "emma"}, {"Frieda", "frieda"}, {"Greta", "greta"}, {"Hannah", "hannah"},
		{"Ines", "ines"}, {"Jane", "jane"}, {"Julia", "julia"}, {"Laura", "laura"}, {"Lily", "lily"},
		{"Marie", "marie"}, {"Nora", "nora"}, {"Paula", "paula"}, {"Rosa", "rosa"}, {"Zoe", "zoe"},
	},
	men: []name{
		{"Adam", "adam"}, {"Ben", "ben"}, {"Charles", "charles"}, {"Daniel", "daniel"}, {"Edward", "ed"},
		{"Felix", "felix"}, {"George", "george"}, {"Henry", "henry"}, {"Jack", "jack"}, {"Jonas", "jonas"},
		{"Leo", "leo"}, {"Louis", "louis"}, {"Martin", "martin"}, {"Noah", "noah"}, {"Oscar", "oscar"},
		{"Peter", "peter"}, {"Samuel", "sam"}, {"Theo", "theo"}, {"Victor", "victor"}, {"William", "will"},
	},
	surnames: both("Abbott", "Adler", "Baker", "Becker", "Carter", "Clarke", "Cooper", "Dubois", "Ellis", "Fischer",
		"Foster", "Gallagher", "Hartmann", "Hughes", "Jansen", "Keller", "Lambert", "Meyer", "Morgan", "Novak",
		"Parker", "Petersen", "Reed", "Schmidt", "Taylor", "Turner", "Vogel", "Wagner", "Walsh", "Weber"),
	domains: []weighted{
		{"postbox.example", 36}, {"mailhub.example", 25}, {"letterbox.example", 16}, {"campus.example", 9}, {"studio-nord.example", 8}, {"harbour.example", 6},
	},
	cities: []weighted{
		{"Berlin", 56}, {"Potsdam", 12}, {"Hamburg", 9}, {"Leipzig", 8}, {"London", 6}, {"Amsterdam", 5}, {"Vienna", 4},
	},
}

// both makes surnames that are the same for women and men.
func both(surnames ...string) [][2]name {
	forms := make([][2]name, len(surnames))
	for i, s := range surnames {
		n := name{s, strings.ToLower(s)}
		forms[i] = [2]name{n, n}
	}
	return forms
}
