"""Values of the dialogues made for tests: none is in a list of tools/tagger,
which makes those the name tagger learns from (test_dialogues.py checks it)."""
# SPDX-License-Identifier: Apache-2.0

# Names by kind: usual ones, rare ones, ones that are also common words.
GIVEN = {
    'usual': 'Jennifer Robert Patricia Michael Linda David Susan Thomas Karen '
             'Daniel Nancy Matthew Betty Anthony Sandra Kevin Ashley Brian '
             'Donna George Michelle Edward Amanda Ronald Melissa Timothy '
             'Deborah Gregory Stephanie Jeffrey Rebecca Ryan Laura Jacob Helen '
             'Gary Sharon Nicholas Cynthia Eric Kathleen Jonathan Amy Fatima '
             'Omar Priya Wei Carlos Aisha Dmitri Yuki Svetlana Hassan'.split(),
    'rare': 'Oyindamola Tzvetomir Xochiquetzal Wubishet Nkechinyere Ragnvald '
            'Ysolde Quenby Zbyszko Ikaika Tadhgan Ewuraba Sorrell Lubomila '
            'Chukwuebuka Thandolwethu Bartholomeus Anahita Eztebe Peregrine '
            'Saoirsela Gwenhwyfar Iolanthe Zephyrine Mbali Tuulikki Vsevolod '
            'Akosua Nyamekye Hinemoa Kealoha Rangimarie Ottoline Fenella '
            'Caoilinn Drusilla Evander Philippa Leocadia Aurelio Breixo '
            'Uxue Nerea Zoltan Csilla Dzsenifer Jadwiga Przemek Dragomir '
            'Yevgenia Bohumil Zdenka Snaebjorn Gudlaug Eydis'.split(),
    'word': 'Will Grace Rose Mark Hope Summer Bill May June April Faith Joy '
            'Dash Frank Art Dawn Autumn Skip Drew Grant Rich Pat Sue Olive '
            'Ivy Holly Melody Angel Hunter Tanner Sky Ray Rusty Sandy Penny '
            'Daisy Crystal Amber Ruby Pearl Reed Cliff Dale Miles Lane Gene '
            'Guy Buddy Clay Sage Violet Heather Iris Christian Victor Major '
            'Rob Nick Josh Charity Patience Constance Prudence Chance Happy '
            'Precious Blessing Sunny Stormy Harmony Trinity Journey'.split(),
}
FAMILY = {
    'usual': 'Miller Davis Rodriguez Martinez Anderson Jackson Thompson '
             'Ramirez Robinson Lewis Nguyen Scott Torres Roberts Gonzalez '
             'Mitchell Carter Phillips Campbell Edwards Collins Stewart '
             'Morales Murphy Rogers Gutierrez Ortiz Cooper Peterson Reyes '
             'Kelly Ramos Watson Chavez Mendoza Patel Kim Okafor Ivanov '
             'Kowalski Haddad Tanaka Singh Cohen Rossi Yilmaz'.split(),
    'rare': 'Abercrombley Featherstonehaugh Vanderzwaag Okwuosa Szczepanik '
            'Thistlethwaite Papadimitropoulos Wojciechowicz Mkhabela '
            'Cholmondeley Ingebrigtsen Ramasubramanian Etxeberria Quackenbush '
            'Oberschmidt Zlatkovic Tchaikanov Adeyemi-Boateng Kjartansdottir '
            'Higginbottom Nakasone Villaseca Ngwenya Dzhugashvilo Halloran '
            'Bhattacharjee Wickremasinghe Olorunfemi Przybylski Uchtdorfer '
            'Yellowhorse Tsosie Begaye Kahananui Mokuahi Fonoti Leavasa '
            'Gwynnedd Penhaligon Trelawney Polkinghorne Chenoweth Ozols '
            'Kalnins Jankauskas Vaitkus Hakkarainen Sillanpaa'.split(),
    'word': 'Young Long Banks Stone Wood Fields Rivers Price Cash Short Best '
            'Fox Wolf Moon Snow Winters Day Church Bell Cook Baker Page Love '
            'Strong Sharp Small Little Brown Green White Black King Pope '
            'Knight Case Berry Rice Park Hill Street Lake Summers March Savage '
            'Free Noble Good Waters Glass Power Flowers Butler Chambers Weeks '
            'Ball Law Wall Post Mays Cross Sellers Sales Bond Bank '
            'Swift Early Speed Child Self'.split(),
}
# German, Spanish, Vietnamese: given names, family names, streets, towns.
LOCAL = {
    'de': ('Annegret Wolfram Heidrun Ekkehard Gudula Friedhelm Liselotte '
           'Torben Svenja Ansgar Mechthild Detlef Roswitha Jochen '
           'Ulrike Burkhard'.split(),
           'Schönhuber Wiedenmann Oberländer Kranichfeld Hagedorn Teichgräber '
           'Zumwinkel Brüggemann Rautenstrauch Dünnebier Sonntag Winter '
           'Kühn Klein Pfennigwerth'.split(),
           'Lindenstraße|Mozartweg|Am Alten Markt|Bergmannring|Rosengasse|'
           'Schillerplatz|Hohenzollernallee'.split('|'),
           '04109 Leipzig|70173 Stuttgart|28195 Bremen|90402 Nürnberg|'
           '44135 Dortmund'.split('|')),
    'es': ('Encarnación Anselmo Remedios Fulgencio Itziar Leocadio Macarena '
           'Eustaquio Nieves Ramiro Rocío Consuelo Jacinto Pilar Soledad '
           'Ángeles'.split(),
           'Zubizarreta Villalonga Echevarría Cifuentes Montalbán '
           'Arizmendi Quiñones Covarrubias Peñalver Barrionuevo Iglesias '
           'Cabello Delgado Rubio Leal'.split(),
           'calle Alcalá|avenida de la Constitución|calle Mayor|paseo de '
           'Gracia|plaza del Carmen'.split('|'),
           '28013 Madrid|41001 Sevilla|46002 Valencia|50003 Zaragoza|'
           '48005 Bilbao'.split('|')),
    'vi': ('Ngọc Bích|Thị Hạnh|Quang Vinh|Minh Châu|Đức Thịnh|Thu Thảo|'
           'Hoài An|Bảo Trâm|Xuân Trường|Thanh Tùng|Kim Ngân'.split('|'),
           'Nguyễn Trần Phạm Huỳnh Đặng Bùi Vũ Đỗ Hoàng Lý'.split(),
           'đường Lê Lợi|đường Trần Hưng Đạo|đường Hai Bà Trưng|'
           'phố Hàng Bông'.split('|'),
           'Quận 1|Quận Hải Châu|Quận Ninh Kiều'.split('|')),
}
AGENTS = 'Tessa Marlon Ingrid Kwame Delphine Rashid Bronwyn Luis'.split()

STREETS = 'Larkspur|Quarry|Whitfield|Cranberry|Old Tannery|Saint Agnes|'\
    'Pemberton|Ridgecrest|Mulberry|Colfax|Gunpowder|Sycamore|'\
    'Martin Luther King|Harbor View|Ellsworth|Tamarack|Bluebonnet|42nd|'\
    '7th|Winding Creek'.split('|')
SUFFIXES = ['Street', 'Avenue', 'Drive', 'Lane', 'Court', 'Road', 'Blvd',
            'Place', 'Terrace', 'Way', 'Circle']
TOWNS = [('Duluth', 'MN', '55802'), ('Chattanooga', 'TN', '37402'),
         ('Yakima', 'WA', '98901'), ('Topeka', 'KS', '66603'),
         ('Bangor', 'ME', '04401'), ('Amarillo', 'TX', '79101'),
         ('Flagstaff', 'AZ', '86001'), ('Schenectady', 'NY', '12305'),
         ('Boise', 'ID', '83702'), ('Sheboygan', 'WI', '53081'),
         ('Independence', 'MO', '64050'), ('Normal', 'IL', '61761')]
STATES = {'MN': 'Minnesota', 'TN': 'Tennessee', 'WA': 'Washington',
          'KS': 'Kansas', 'ME': 'Maine', 'TX': 'Texas', 'AZ': 'Arizona',
          'NY': 'New York', 'ID': 'Idaho', 'WI': 'Wisconsin',
          'MO': 'Missouri', 'IL': 'Illinois'}
MAILS = ['gmail.com', 'yahoo.com', 'outlook.com', 'hotmail.com', 'icloud.com',
         'proton.me', 'comcast.net', 'aol.com']
COMPANIES = ['Northwind Mutual', 'Bluefin Air', 'Kestrel Bank',
             'Parcelway', 'Medilane', 'Quantico Telecom', 'Fernhill Dental',
             'Oakline Rentals', 'Tidewater Gas']

# What looks like somebody's and is nobody's: {n} a small number, {d} digits.
GOODS = ['XR-4{d}', 'a ThinkPad T{d}', 'the WH-{d}XM4', 'a DeWalt DCD{d}',
         'the Canon EOS {d}D', 'the LG C{n}', 'the Bosch SMS{d}',
         'a Pixel {n}', 'the Roomba i{n}', 'the model {d}', 'part {d}-B']
VERSIONS = ['version {n}.{n}.{n}', 'firmware {n}.{n}', 'build {d}',
            'v{n}.{n}', 'error {d}', 'error code 0x8007{d}', 'KB{d}{d}',
            'iOS {n}.{n}', 'error E-{n}']
COUNTS = ['{n} boxes', '{d} sheets', 'a pack of {n}', '{n} of them',
          '{n} people', '{d} points', '{d} miles', '{n} gigabytes',
          '{n} milligrams', '{n} tablets', '{d} kilowatt hours',
          '{n} square feet', 'about {n} percent', '{n} to {n} days',
          'row {n}', 'gate B{n}', 'aisle {n}', 'step {n}', 'page {n}',
          'channel {n}', 'bay {n}', 'form 10{n}', 'size {n}', 'zone {n}']
TIMES = ['at {h}:{m}', 'at {h} pm', 'around {h}', 'by {h}:{m} am',
         'between {h} and {h}', 'on Tuesday', 'next Thursday', 'tonight',
         'in {n} minutes', 'every {n} hours', 'on the 14th', 'last month',
         'for {n} weeks', 'before noon', 'by end of day', 'in 2023',
         'on March {n}']
# Words that are names elsewhere, used as words.
WORDS = ['I will try that', 'that bill gives me a headache', 'may I ask why',
         'please mark it as urgent', 'there is a grace period',
         'I hope so', 'we rose to the top of the queue', 'a summer sale is on',
         'the grant was approved', 'to be frank it is slow',
         'will it work after that', 'it drew a lot of power',
         'do not chase the courier', 'the art print came bent',
         'the rich text view is broken', 'a penny more than before',
         'I saw a ray of hope there', 'sue them if you like',
         'the ruby red one please', 'that reed diffuser leaks',
         'the joy stick is stuck', 'the holly wreath is out of stock',
         'a dash of sage and olive oil', 'my faith in this app is gone',
         'in april or may', 'the sky box was off', 'it is a major outage',
         'a guy came by and left', 'the trinity plan has three lines',
         'I pat it dry each time', 'the pearl finish scratches',
         'you can drop the case', 'the long cord is too short',
         'a young tree fell on the wall', 'it was a good day for once',
         'the king size bed is out', 'ask the cook about the rice',
         'they rob us with these fees', 'by chance do you ship abroad',
         'the church hall has no signal', 'we love the page layout',
         'the bank is closed in march', 'a fox chewed the cable',
         'let it ring for a while', 'a cross mark means no']
