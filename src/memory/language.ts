/** Enough to tell the language of a text, and little enough to be asked about every chunk. */
const MAX_LETTERS = 4000;

/** A character of a script that writes no spaces is a word of its own here. */
const word =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]|\p{L}+/gu;
const latin = /^\p{Script=Latin}+$/u;
/** Latin letters beyond those of western Europe. */
const otherLatin = /[^a-zß-öø-ÿ]/;

/** Function words that no other language below has. */
const english = new Set(
  (
    'and are at be by can does for from has have how if is it its must my not of our should than that the then ' +
    'there these they this to we were what when where which who why will with you your'
  ).split(' '),
);

/** Function words of languages in Latin letters that are neither English nor usual names in code. */
const foreign = new Set(
  [
    'auch auf aus bei dem der das ein eine einen einer für ich im ins ist kann mit nach nicht nie nur oder sie sind über und vom von wenn werden wie wir wird wurde zu zum zur',
    'aux avec ce cette dans du elle est et il la le les leur mais ne nous ou où par pas pour quand que qui sans sont sur un une vous être',
    'al como cuando del donde está están este esta las los más muy ningún para pero por porque puede se según ser sin su también tiene una y',
    'alla che cui da dei della delle di dove essere gli lo loro nel nella non perché più può quando questa questo sono',
    'ao aos com como das dos em essa esse foi isso mais mas na nas não nos pela pelo pode quem são seu sua também uma você é',
    'dat deze dit een geen het hij ik je kan maar naar niet nog ook omdat voor waar wanneer werd wij wordt zijn',
    'att av det där ett eller för från har inte kan med många och om som till är på ikke jeg og til vi den denne ved',
    'bez by być dla jak jest już lub może można nie ponieważ przez są się tego to tylko w więc z że',
    'bir bu çok daha de değil gibi için ile kadar mi olarak ve veya',
    'a ale jako je jsou která který nebo není pro při se ve že',
  ]
    .flatMap((words) => words.split(' '))
    .filter((name) => !english.has(name) && name.length > 1),
);

/**
 * Whether most of the beginning of a text is English, or code or names in Latin letters. A guess from letters and
 * function words: a short text in another western language, without any function word, passes for English.
 */
export function looksEnglish(text: string): boolean {
  const words = text.slice(0, MAX_LETTERS).toLowerCase().normalize('NFC').match(word) ?? [];
  const latinWords = words.filter((found) => latin.test(found));
  if (latinWords.length === 0 || latinWords.length < (2 / 3) * words.length) return false;
  const distinct = [...new Set(latinWords)];
  const foreignWords = distinct.filter((found) => foreign.has(found) || otherLatin.test(found)).length;
  return foreignWords < 2 || foreignWords <= distinct.filter((found) => english.has(found)).length;
}
