/**
 * What Python 3.11 (Unicode 14) answers, computed with it: the reference for `content_hash`, which mcp-memory-service
 * computes as `sha256(content.strip().lower().encode()).hexdigest()`.
 */
export const pythonHashes: readonly (readonly [content: string, hash: string])[] = [
  ['Hello World', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'],
  ['  hello world  ', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'],
  ['HELLO WORLD\n', 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'],
  [
    '\t\n\u000b\u000c\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000Hello World\u3000\u205f\u202f\u2029\u2028\u200a\u2009\u2008\u2007\u2006\u2005\u2004\u2003\u2002\u2001\u2000\u1680\u00a0\u0085 \u001f\u001e\u001d\u001c\r\u000c\u000b\n\t',
    'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  ],
  ['\ufeffHello World\ufeff', '3c0dfaccf6693d09202f75fd57dd7ea2c25066ba7235a467eddc519da29806b0'],
  ['\u200bHello World\u200b', '294676853481a0f34407252ca51bd12851af6e7bda2bb556ab4b40ae91585535'],
  ['\u180eHello World', '4739ce5b00eca1df5c106073ba344845b04d5759c87fef007d2056659e6cb928'],
  ['\u2060Hello World\u2060', '0fcc7707f5eb46eb015f6e2dc68301f40ddcde737e914162461503e56ea6949f'],
  ['a \u0085 inner \u3000 stays b', '60aa98278da5939b9069417c2c93efd7c1add58d25ff91710a2d88be3b6eb139'],
  ['\u001cx\u001f', '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'],
  ['\u0085x', '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'],
  ['İstanbul', '4a4df120f7d1f3c286f58651abfcec2aade892ace635f96f02b946c96e6e1f86'],
  ['IĞDIR ılık', '71497ddb0c5bc2f465f4058384e9d4d2699b0433ea6146071665080d0d829360'],
  ['ΟΔΥΣΣΕΥΣ', '3c70e8e70fb6820b6ae6de04be9249923ba46e8aaa0f6ecfae7a1ee8880f574d'],
  ['ΣΑΣ Σ', '1d7205a4d877f4496c31908e9f63a206eacc82db56868d0460be7587dcf34930'],
  ['ΑΣ\u0301', 'f5030044da182e90bd12517f860fc926e9c457672acd1f9e108f58bb9f15ebae'],
  ['ΑΣ.Β', 'b9cd9747af1c2ab1adf852887dd827ca83bfb39055833a9865397987c4ac9a60'],
  ['ΑΣ. Β', '2fbc0accee9ec5a73892b195512c8d9932673d1bc7c0fc939188c31f2ad5b746'],
  ['Σ', 'ff59ed1e562b056aea9bfdf757bada8c1eb638b10b75bfc7835beca4c2db0360'],
  ['Straße', '787f4770613d3824cbc89b6d5da90a123e41b07b90b45ea3738c216b14616140'],
  ['STRASSE', '16d96952087774fee069b7585d3991b24d90c181c09b2129b4908c35baa7f0c0'],
  ['ẞ', 'cd3a7e92a9114307055e4a0583acd6549ec3bb6d7c10ecc6ce11ae3d76b3d7db'],
  ['ﬀ ﬁ ﬃ ﬅ', '96f628e4fcdb73afe240fbd5320cb614deb7c15ac1e69d58cbd4921100d39ecf'],
  ['Ĳ ǅ Ǉ ǲ', 'cf54bd67dbd69eb5c108365f41fa9554e5cbcbf272dd5a45768e1e323695b2dd'],
  ['ÅÅ Å', '327061dba51e4526f81038c88d3e34127bb1abf41e8917c45dc1caa3c8501e93'],
  ['e\u0301 É', '4982ae4e4cf6a87f989862ec1e182d0e16722be38c39e080faca172628aa6285'],
  ['Kelvin K', 'b70782c03d5d619eb31e564eed2b0c855e643d49666a8d025a120f6c8a15642d'],
  ['Ω Ohm', 'bcda938746a14e7ed2bc87308f450e452853fc8248e11e69c918099cef9d341f'],
  ['数据库迁移在星期二进行', '51ddc62bb12a0fae5df425a31d6b8d2dab46c58cc39424d8a07d1b7d225a7541'],
  ['ＦＵＬＬ Ｗｉｄｔｈ', '7030335169d1d0eba5bcbdb3d02737ca54a9a8842ee864d60d3f8c3fcb9cff82'],
  ['日本語のテスト', 'ee82542eb4903b0bfa0a60e3ed8a9a60550475aaf9ffee23d5f94060f9017861'],
  ['한국어 메모리', '8a116b2c61d7994125439ad909775524de76fdb27210cc3da01ce509840035af'],
  [
    '🎉 Done 👩\u200d👩\u200d👧\u200d👦 🇩🇪',
    '73e39dab3989b4df57459af1c3965e34f2534fa7e48ab10b242800cf46a00846',
  ],
  ['𝐀𝐁 math', 'f705a43636c2382a14a8f5c2ae58cde33cab58438bbe0a652c0a70b787996cfe'],
  ['𐐀 DESERET', 'de0956d4866fdf7bf0004788a54da8ec11d513473a0837895f79dc7de942f1e5'],
  ['ДОМ', 'f5b3d757a732cd0f69fa04ad173952cc6d9e325118b3e83364bd017a0fbda02c'],
  ['ԱՐԵՒ', 'd4ec945d2c7466bf33f1bb2d99e3816573e7682833cf665304e9533064b2d0d3'],
  ['Ა GEORGIAN', '60032d30b274c3448a4fe3ba9885f672232f6e900cf9e9b50e0157a0ad6063c0'],
  ['ᏸ Ᏸ CHEROKEE', '4b0cd9363b58074c1ce1f53c9d1175162825fe264d2a3cd55670e6c783429f3f'],
  ['שלום', 'b7ac0398ef74193ab738b21df0912329303df10d868c2bac37a84a59d12c0e2f'],
  ['مرحبا', '80eff1a750bb540045622ad23c148c8875790515e3f768c77d5dff8c1d221b49'],
  ['café CAFÉ', '1c96674991fcb0a97502059c3c45881935fb74012ac4188939581ba92dfbaf22'],
  ['x\u0001\u0002y', '6bd650a2abc534d427e70ec14aaeee27c1e2b3f531e245cb5f1f33f61862013b'],
  ['line one\r\nLine Two\n', '8ec4c37982ffc5a839234595530d36fa868683bc09ea40fe9960cb64c7847e33'],
  ['A'.repeat(1000), '41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3'],
];

/** Each code point that `str.strip()` removes, in hexadecimal. */
export const pythonSpace =
  '9 a b c d 1c 1d 1e 1f 20 85 a0 1680 2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 200a 2028 2029 202f 205f 3000';

/** `str.lower()` of single code points: `first-last/step+distance`, in hexadecimal but for the distance. U+0130 is apart. */
export const pythonLower = `
  41-5a/1+32 c0-d6/1+32 d8-de/1+32 100-12e/2+1 132-136/2+1 139-147/2+1 14a-176/2+1 178-121 179-17d/2+1
  181+210 182-184/2+1 186+206 187+1 189-18a/1+205 18b+1 18e+79 18f+202 190+203 191+1 193+205 194+207
  196+211 197+209 198+1 19c+211 19d+213 19f+214 1a0-1a4/2+1 1a6+218 1a7+1 1a9+218 1ac+1 1ae+218 1af+1
  1b1-1b2/1+217 1b3-1b5/2+1 1b7+219 1b8+1 1bc+1 1c4+2 1c5+1 1c7+2 1c8+1 1ca+2 1cb-1db/2+1 1de-1ee/2+1
  1f1+2 1f2-1f4/2+1 1f6-97 1f7-56 1f8-21e/2+1 220-130 222-232/2+1 23a+10795 23b+1 23d-163 23e+10792 241+1
  243-195 244+69 245+71 246-24e/2+1 370-372/2+1 376+1 37f+116 386+38 388-38a/1+37 38c+64 38e-38f/1+63
  391-3a1/1+32 3a3-3ab/1+32 3cf+8 3d8-3ee/2+1 3f4-60 3f7+1 3f9-7 3fa+1 3fd-3ff/1-130 400-40f/1+80
  410-42f/1+32 460-480/2+1 48a-4be/2+1 4c0+15 4c1-4cd/2+1 4d0-52e/2+1 531-556/1+48 10a0-10c5/1+7264
  10c7+7264 10cd+7264 13a0-13ef/1+38864 13f0-13f5/1+8 1c90-1cba/1-3008 1cbd-1cbf/1-3008 1e00-1e94/2+1
  1e9e-7615 1ea0-1efe/2+1 1f08-1f0f/1-8 1f18-1f1d/1-8 1f28-1f2f/1-8 1f38-1f3f/1-8 1f48-1f4d/1-8
  1f59-1f5f/2-8 1f68-1f6f/1-8 1f88-1f8f/1-8 1f98-1f9f/1-8 1fa8-1faf/1-8 1fb8-1fb9/1-8 1fba-1fbb/1-74
  1fbc-9 1fc8-1fcb/1-86 1fcc-9 1fd8-1fd9/1-8 1fda-1fdb/1-100 1fe8-1fe9/1-8 1fea-1feb/1-112 1fec-7
  1ff8-1ff9/1-128 1ffa-1ffb/1-126 1ffc-9 2126-7517 212a-8383 212b-8262 2132+28 2160-216f/1+16 2183+1
  24b6-24cf/1+26 2c00-2c2f/1+48 2c60+1 2c62-10743 2c63-3814 2c64-10727 2c67-2c6b/2+1 2c6d-10780 2c6e-10749
  2c6f-10783 2c70-10782 2c72+1 2c75+1 2c7e-2c7f/1-10815 2c80-2ce2/2+1 2ceb-2ced/2+1 2cf2+1 a640-a66c/2+1
  a680-a69a/2+1 a722-a72e/2+1 a732-a76e/2+1 a779-a77b/2+1 a77d-35332 a77e-a786/2+1 a78b+1 a78d-42280
  a790-a792/2+1 a796-a7a8/2+1 a7aa-42308 a7ab-42319 a7ac-42315 a7ad-42305 a7ae-42308 a7b0-42258 a7b1-42282
  a7b2-42261 a7b3+928 a7b4-a7c2/2+1 a7c4-48 a7c5-42307 a7c6-35384 a7c7-a7c9/2+1 a7d0+1 a7d6-a7d8/2+1
  a7f5+1 ff21-ff3a/1+32 10400-10427/1+40 104b0-104d3/1+40 10570-1057a/1+39 1057c-1058a/1+39
  1058c-10592/1+39 10594-10595/1+39 10c80-10cb2/1+64 118a0-118bf/1+32 16e40-16e5f/1+32 1e900-1e921/1+34`;

/** Characters that the final sigma of a word looks at, in all texts of one to three of them. */
export const sigmaAlphabet = [
  'Σ',
  'a',
  '.',
  ' ',
  '\u0301',
  '\u00ad',
  '1',
  'İ',
  'ʰ',
  '\u0345',
  'ß',
  '字',
  '\u{1d400}',
  '\u1fbc',
  '\u200d',
  ':',
];
/** SHA-256 of the hashes of these 4,368 texts, one a line: shorter ones first, each in the alphabet's order. */
export const sigmaDigest = '1244cd8d70e951d8f961ce5775d94486df23b0e85e9f718b7e490fd424b4ef45';
