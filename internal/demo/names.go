package demo

import "strings"

// name is a part of a person's name, and its spelling in an address.
type name struct{ shown, typed string }

// names are the parts of full names in one language. A surname has a form for women and one for men.
type names struct {
	women, men []name
	surnames   [][2]name // of a woman, of a man
	domains    []weighted
	cities     []weighted
}

// weighted is a value and its weight.
type weighted struct {
	value  string
	weight int
}

var russian = names{
	women: spelt(`Анастасия anastasia, Вера vera, Виктория viktoria, Галина galina, Дарья darya, Евгения evgenia,
		Екатерина katya, Елена elena, Зоя zoya, Ирина irina, Ксения ksenia, Лариса larisa, Любовь lyubov, Маргарита rita,
		Мария maria, Надежда nadezhda, Наталья natalya, Нина nina, Ольга olga, Полина polina, Светлана sveta,
		София sofia, Татьяна tatyana, Ульяна ulyana, Юлия yulia`),
	men: spelt(`Александр alexander, Алексей alexey, Андрей andrey, Антон anton, Борис boris, Василий vasily,
		Виктор viktor, Глеб gleb, Денис denis, Дмитрий dmitry, Егор egor, Иван ivan, Игорь igor, Кирилл kirill, Лев lev,
		Максим maxim, Михаил mikhail, Никита nikita, Олег oleg, Павел pavel, Роман roman, Семён semyon,
		Тимофей timofey, Фёдор fyodor, Юрий yury`),
	surnames: inflected(`Абрамов abramov, Белов belov, Виноградов vinogradov, Волков volkov, Воробьёв vorobyov,
		Голубев golubev, Громов gromov, Данилов danilov, Ершов ershov, Журавлёв zhuravlyov, Зайцев zaytsev,
		Калинин kalinin, Киселёв kiselyov, Комаров komarov, Крылов krylov, Лебедев lebedev, Макаров makarov,
		Миронов mironov, Морозов morozov, Никитин nikitin, Орлов orlov, Осипов osipov, Панов panov, Рябов ryabov,
		Савельев savelyev, Соколов sokolov, Тарасов tarasov, Фомин fomin, Чернов chernov, Яковлев yakovlev`),
	domains: []weighted{
		{"pochta.example", 38},
		{"yashchik.example", 24},
		{"pismo.example", 16},
		{"rabota.example", 9},
		{"studiya.example", 7},
		{"institut.example", 6},
	},
	cities: []weighted{
		{"Москва", 54},
		{"Химки", 9},
		{"Мытищи", 8},
		{"Королёв", 6},
		{"Тверь", 6},
		{"Тула", 6},
		{"Санкт-Петербург", 6},
		{"Калуга", 5},
	},
}

var english = names{
	women: spelt(`Alice alice, Amelia amelia, Beatrice bea, Clara clara, Diana diana, Eleanor eleanor, Emma emma,
		Frieda frieda, Greta greta, Hannah hannah, Ines ines, Jane jane, Julia julia, Laura laura, Lily lily, Marie marie,
		Nora nora, Paula paula, Rosa rosa, Zoe zoe`),
	men: spelt(`Adam adam, Ben ben, Charles charles, Daniel daniel, Edward ed, Felix felix, George george, Henry henry,
		Jack jack, Jonas jonas, Leo leo, Louis louis, Martin martin, Noah noah, Oscar oscar, Peter peter, Samuel sam,
		Theo theo, Victor victor, William will`),
	surnames: uninflected(`Abbott abbott, Adler adler, Baker baker, Becker becker, Carter carter, Clarke clarke,
		Cooper cooper, Dubois dubois, Ellis ellis, Fischer fischer, Foster foster, Gallagher gallagher,
		Hartmann hartmann, Hughes hughes, Jansen jansen, Keller keller, Lambert lambert, Meyer meyer, Morgan morgan,
		Novak novak, Parker parker, Petersen petersen, Reed reed, Schmidt schmidt, Taylor taylor, Turner turner,
		Vogel vogel, Wagner wagner, Walsh walsh, Weber weber`),
	domains: []weighted{
		{"postbox.example", 36},
		{"mailhub.example", 25},
		{"letterbox.example", 16},
		{"campus.example", 9},
		{"studio-nord.example", 8},
		{"harbour.example", 6},
	},
	cities: []weighted{
		{"Berlin", 56},
		{"Potsdam", 12},
		{"Hamburg", 9},
		{"Leipzig", 8},
		{"London", 6},
		{"Amsterdam", 5},
		{"Vienna", 4},
	},
}

// spelt reads names and their spellings in addresses.
func spelt(list string) []name {
	var read []name
	for pair := range strings.SplitSeq(list, ",") {
		shown, typed, _ := strings.Cut(strings.TrimSpace(pair), " ")
		read = append(read, name{shown, typed})
	}
	return read
}

// inflected adds the form of a woman to Russian surnames in -ов, -ев and -ин.
func inflected(men string) [][2]name {
	var forms [][2]name
	for _, man := range spelt(men) {
		forms = append(forms, [2]name{{man.shown + "а", man.typed + "a"}, man})
	}
	return forms
}

// uninflected is for surnames that are the same for women and men.
func uninflected(surnames string) [][2]name {
	var forms [][2]name
	for _, n := range spelt(surnames) {
		forms = append(forms, [2]name{n, n})
	}
	return forms
}
