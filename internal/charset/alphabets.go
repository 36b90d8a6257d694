package charset

// alphabet is the letters of a language beyond those of ASCII.
type alphabet struct {
	latin   bool
	vowels  string           // of an alphabet in which every long word has some
	weights map[rune]float64 // the more frequent, the more
}

// byFrequency makes an alphabet of letters of which the most frequent is the first.
func byFrequency(vowels, letters string) *alphabet {
	a := &alphabet{vowels: vowels, weights: map[rune]float64{}}
	all := []rune(letters)
	for i, r := range all {
		a.weights[r] = 1.4 - 1.6*float64(i)/float64(len(all))
	}
	return a
}

// accented makes an alphabet of Latin letters.
func accented(letters string) *alphabet {
	a := &alphabet{latin: true, weights: map[rune]float64{}}
	all := []rune(letters)
	for i, r := range all {
		a.weights[r] = 1.2 - 0.4*float64(i)/float64(len(all))
	}
	return a
}

var (
	cyrillic = []*alphabet{
		byFrequency("аеёиоуыэюя", "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
		byFrequency("аеиоуюяіїє", "оаинвітерслкдупмязьгбчхцжюйщїєфшґ"),
		byFrequency("аеёиоуыэюяі", "аноітрелсывудкмьпязцгбчйхжўшюёэфʼ"),
		byFrequency("аеиоуъюя", "аиоетнрсвлдпкъмзябугщчцжйхшьфю"),
		byFrequency("аеиоур", "аоиенрсјтукдвмпљњгзбчцшжхћђфџѓќѕ"),
	}
	western = []*alphabet{
		accented("üöäß"), accented("éèàçêâîïôëûùœæ"), accented("áéíóñúü"), accented("ãçáéõóíâêôúà"), accented("àèéòùì"),
		accented("åäöé"), accented("øåæéö"), accented("áíóðéþúæöý"), accented("äõöü"), accented("ëéïöüèê"), accented("çëè"),
	}
	central = []*alphabet{
		accented("łóąęśżćńź"), accented("áíéěýčšžřůúňťóď"), accented("áéýíčšžľťúôňóäďĺŕ"), accented("áéöóőüíúű"),
		accented("ăîâșțşţ"), accented("čćšžđ"), accented("äöüß"),
	}
	turkish = []*alphabet{accented("ıüşğçöiâîi̇İ")}
	baltic  = []*alphabet{accented("ėšųžūįąčę"), accented("āīēšūņļžķģč"), accented("äõöüšž")}
	greek   = []*alphabet{byFrequency("αοιεηυωίόέάήύώϊ", "αοιετσνηυρπκμλςωίόέάγδήχθύφώβξζψϊϋΐΰ")}
	hebrew  = []*alphabet{byFrequency("", "יוהלאמרתבשנכעםדקפחטגסצןזךףץ")}
	arabic  = []*alphabet{byFrequency("", "اليمونرتبةعدسفهكقحجشطصىخأذضزثئإءغظآؤ")}
)
