package charset

// halfWidth is how common a katakana of one byte is.
const halfWidth = -0.6

// The encodings of East Asia have their common characters together, in the order of their sound or their strokes, and the
// rare ones after them. The functions say how common a pair of bytes is; a pair that is none counts much against.
const (
	usual  = 0.5
	rare   = -1.0
	noPair = -4.0
)

func shiftJIS(lead, trail byte) float64 {
	switch {
	case lead >= 0xa1 && lead <= 0xdf:
		return halfWidth
	case trail < 0x40 || trail == 0x7f || trail > 0xfc:
		return noPair
	case lead == 0x82 || lead == 0x83: // kana
		return 1.8
	case lead == 0x81 || lead >= 0x88 && lead <= 0x97: // marks, level 1
		return usual
	case lead >= 0x98 && lead <= 0x9f || lead >= 0xe0 && lead <= 0xfc:
		return rare
	}
	return noPair
}

func eucJP(lead, trail byte) float64 {
	switch {
	case lead == 0x8e && trail >= 0xa1 && trail <= 0xdf: // a katakana of half the width
		return 0
	case lead < 0xa1 || trail < 0xa1:
		return noPair
	case lead == 0xa4 || lead == 0xa5: // kana
		return 1.8
	case lead <= 0xa3 || lead >= 0xb0 && lead <= 0xcf:
		return usual
	}
	return rare
}

func gbk(lead, trail byte) float64 {
	switch {
	case lead == 0x80 || lead == 0xff || trail < 0x30 || trail == 0x7f || trail == 0xff:
		return noPair
	case lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1 || lead == 0xa3 && trail >= 0xa1:
		return usual
	}
	return rare
}

func big5(lead, trail byte) float64 {
	switch {
	case lead < 0xa1 || lead > 0xf9 || trail < 0x40 || trail > 0x7e && trail < 0xa1 || trail == 0xff:
		return noPair
	case lead == 0xa1 || lead >= 0xa4 && lead <= 0xc6:
		return usual
	}
	return rare
}

func eucKR(lead, trail byte) float64 {
	switch {
	case lead < 0x81 || lead == 0xff || trail < 0x41 || trail == 0xff:
		return noPair
	case lead >= 0xb0 && lead <= 0xc8 && trail >= 0xa1:
		return usual
	}
	return rare
}

func runes(s string) map[rune]bool {
	set := map[rune]bool{}
	for _, r := range s {
		set[r] = true
	}
	return set
}

// The most common characters of texts, names and places.
var (
	commonJapanese = runes("日本人年大一国会中東京山田中村佐藤鈴木高橋伊渡辺小林加吉松井上口川野島崎谷原和石森藤岡池清橋水坂長近斉後前名氏市区町県府都道州北海南西太郎子美一二三四五六七八九十住所電話番号会社株式有限様方新古明正平成恵由真直幸健雄男女花春夏秋冬月火水金土学生先部課長員連絡先備考注文金額")
	// commonSimplified and commonTraditional share what both writings have.
	commonSimplified  = runes(commonHan + "们来时个为说国产这动种学对发会经过业东电机开关见车长门马张刘陈杨赵黄吴孙郑冯许邓韩谢萧罗梁吕苏卢蒋贾叶钟谭陆汪范龙万钱严华伟强丽军洋艳杰涛敏静秀英刚桂兰亚广州深圳杭成都汉庆宁苏无锡青岛连沈阳津邮件址话号码姓名备注")
	commonTraditional = runes(commonHan + "們來時個為說國產這動種學對發會經過業東電機開關見車長門馬張劉陳楊趙黃吳孫鄭馮許鄧韓謝蕭羅梁呂蘇盧蔣賈葉鍾譚陸汪范龍萬錢嚴華偉強麗軍洋艷傑濤敏靜秀英剛桂蘭亞廣臺灣台北高雄中南港澳縣市區路郵件址話號碼姓名備註玲美")
	commonKorean      = runes("김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지나엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용영수철희미숙경순자준호상동재종태훈우혁빈서연예아름메일주소전화번호회사대구부산울광시도군읍면동가다사의를는을에과로으로서있하고")
)

const commonHan = "的一是不了人我在有他之大上中到地出道也和要就下得可你年生自小李王周徐胡朱高林何郭宋唐程曹彭曾田董潘杜戴夏石任姜方金江史白平文明春雨天心志建海山水北京上海南西安安省市中公司先生女士子美玉梅雪芳娟霞燕波勇超磊飞宇浩博信用"
