/**
 * Passwords of eight characters and more that guessers try first: the well-known lists' own top, keyboard walks, seasons, football clubs, and words of this trade.
 * A password that is on it is refused whatever else it has.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
00000000 01234567 0123456789 0123456789a 0987654321 11111111 1111111111 11223344 112233445566 123123123 123321123 12344321 1234554321 12345678
123456780 123456788 123456789 1234567890 12345678910 123456789a 1234567a 123456qwerty 1234abcd 1234qwer 123654789 123qwe123 123qweasd 135792468
147258369 159357258 1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 22222222 33333333 44444444 456789123 55555555 66666666 741852963
77777777 789456123 87654321 88888888 963852741 987654321 99999999 a1234567 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 aa123456 aa12345678 aaaaaaaa
abc12345 abc123456 abc123abc abcabcabc abcd1234 abcdefg1 abcdefgh abcdefghi access14 accessme admin123 admin1234 admin@123 adminadmin administrator
alexander alexandra america1 american1 amsterdam android1 angel123 apple123 arsenal1 asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl asshole1
autumn2024 autumn2025 autumn2026 azerty123 azertyui azertyuiop banana123 bangladesh barcelona barcelona1 baseball baseball1 basketball batman123
benjamin berlin123 besiktas blackjack blessed1 bonjour1 brasil123 bullshit business business1 butterfly butterfly1 changeit changeme changeme1
changeme123 charlie1 cheese123 chelsea1 chocolate chocolate1 christian christmas cisco123 coffee123 company1 company123 computer computer1 contrasena
contraseña cookie123 corinthians corvette crystal1 danielle database december default1 default123 demo1234 deutschland diamond1 dollar123 doudou123
dragon12 dragon123 elizabeth facebook facebook1 family123 february fenerbahce ferrari1 flamengo football football1 forever1 forever21 frankreich
freedom1 freedom123 friday13 friends1 fuckyou! fuckyou1 fuckyou123 galatasaray gangster godisgood goodluck1 google123 guest123 hallo123 hallo1234
hallohallo harrypotter heaven123 hello123 hello1234 hellohello helloworld hockey123 hunter123 hunter22 ichliebedich ilovegod iloveyou iloveyou1
iloveyou2 india123 indonesia instagram internet iphone123 istanbul january1 jennifer jessica1 jesus123 jesuschrist jetaime1 jonathan jordan23
juventus killer123 letmein! letmein1 letmein123 letsgo123 lightning linkedin linkedin1 liverpool liverpool1 london123 lovelove lovely12 lucky123
marseille master12 master123 maverick mercedes michael1 michelle microsoft microsoft1 midnight monday123 money123 monkey12 monkey123 motdepasse
mustang1 mysecret mysql123 newyork1 nicholas ninja123 nothing1 november oracle123 orange123 orders123 p4ssw0rd p4ssword p@ssw0rd p@ssword pa$$w0rd
pa$$word pakistan pakistan1 paris123 pass1234 pass12345 passpass passw0rd passw0rd1 password password! password00 password01 password1 password1!
password12 password123 password1234 password2 password3 password99 passwort passwort1 passwort123 pepper123 philippines phoenix1 pokemon1 pokemon123
poker123 porsche1 postgres postgres1 postgresql princess princess1 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx123 qazwsxedc qweasd123 qweasdzxc qwer1234
qwerty12 qwerty123 qwerty1234 qwerty12345 qwertyqwerty qwertyui qwertyuiop qwertz123 qwertzui qwertzuiop rainbow1 realmadrid root1234 rootroot
samantha samsung1 sandbox1 schalke04 schatz123 schweiz1 secret12 secret123 security security1 security123 senha123 september server123 shadow123
shopify1 shopify123 snapchat1 soccer123 softball soleil123 sommer2025 sommer2026 spiderman spring2024 spring2025 spring2026 startrek starwars
starwars1 summer123 summer2023 summer2024 summer2025 summer2026 sunshine sunshine1 superman supplier supplier1 switchyard switchyard1 switchyard123
teamo123 temp1234 temporary tequiero test1234 test12345 tester123 testing1 testing123 testtest thunder1 topsecret trustme1 trustno1 twitter1 unicorn1
user1234 username victoria vietnam1 warehouse warehouse1 welcome1 welcome1! welcome12 welcome123 whatever whatever1 whatsapp windows1 windows10
winter123 winter2023 winter2024 winter2025 winter2026 xxxxxxxx youtube1 yxcvbnm1 zaq12wsx zxcvbnm1 zxcvbnm123 zxczxczxc
`
    .trim()
    .split(/\s+/),
);
