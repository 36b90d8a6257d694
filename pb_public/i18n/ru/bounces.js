// What came back: bounces and complaints.
export default {
  "bounces.lead": "Письма, которые вернулись после того, как почтовый сервер их принял, и жалобы на спам.",
  "bounces.tab.attempts": "Отправка",
  "bounces.tab.bounces": "Возвраты и жалобы",
  "bounces.anyKind": "Любой вид",
  "bounces.none": "Ничего не вернулось",
  "bounces.none.text": "Возвраты и жалобы появятся здесь, если у отправителя задан обратный адрес для возвратов и сервис читает его почту.",
  "bounces.ofClient": "Возвраты и жалобы",
  "bounce.kind": "Вид",
  "bounce.kind.hard": "Адреса нет",
  "bounce.kind.soft": "Не доставлено",
  "bounce.kind.block": "Отклонено",
  "bounce.kind.complaint": "Жалоба",
  "bounce.means.hard": "адрес или домен не принимает почту",
  "bounce.means.soft": "ящик полон или сбой; в другой раз может дойти",
  "bounce.means.block": "отклонено из-за отправителя или содержания",
  "bounce.means.complaint": "получатель отметил письмо как спам",
};
