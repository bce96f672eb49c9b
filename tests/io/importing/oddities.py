"""One small file for each oddity of encodings, delimiters, numbers, windows and rows, with what is to become of it."""

from __future__ import annotations

from tests.io.importing.sample import Sample

HEAD = "id,lat,lon,weight"


def _windows(*cells: str) -> str:
    return f"{HEAD};tw\n".replace(",", ";") + "".join(f"{n};52.53;13.38;1;{cell}\n" for n, cell in enumerate(cells, 1))


def _expected(*windows: tuple[str, str]) -> str:
    return "id,lat,lon,demand_kg,tw_start,tw_end\n" + "".join(
        f"{n},52.53,13.38,1,{start},{end}\n" for n, (start, end) in enumerate(windows, 1)
    )


SAMPLES = (
    Sample(
        name="sep= on the first line, a title above the header, blank lines, a total below",
        text=(
            "sep=;\nDeliveries of 1 May;;;\n\nOrder No;Lat;Lon;Weight (kg)\n\nA;52,5163;13,3777;12,5\nB;52,52;13,4;3\n\n"
            "Total;;;15,5\n"
        ),
        orders="id,lat,lon,demand_kg\nA,52.5163,13.3777,12.5\nB,52.52,13.4,3\n",
    ),
    Sample(
        name="German Windows: semicolons, decimal commas, cp1252",
        encoding="cp1252",
        text=(
            "Auftragsnr;Empfänger;Straße;PLZ;Ort;Breitengrad;Längengrad;Gewicht [kg];Hinweis\n"
            "7;Jörg Größ;Königstr. 3;70173;Köln;50,9375;6,9603;1.250,00;Tür läuten\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,address,notes\n"
            '7,50.9375,6.9603,1250,"Königstr. 3, 70173 Köln",Jörg Größ; Tür läuten\n'
        ),
    ),
    Sample(
        name="French Windows: cp1252",
        encoding="cp1252",
        text=(
            "N° commande;Destinataire;Adresse;Ville;Latitude;Longitude;Poids;Créneau;Durée (min)\n"
            "F1;Zoé Lefèvre;12 bis rue de l'Église;Orléans;47,9029;1,9039;3,5 kg;8h30-12h;5\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,service_min,tw_start,tw_end,address,notes\n"
            'F1,47.9029,1.9039,3.5,5,08:30,12:00,"12 bis rue de l\'Église, Orléans",Zoé Lefèvre\n'
        ),
    ),
    Sample(
        name="Unicode text of Excel: UTF-16 with tabs",
        encoding="utf-16",
        text="Order ID\tLatitude\tLongitude\tWeight\nÄ1\t52.53\t13.38\t2\n",
        orders="id,lat,lon,demand_kg\nÄ1,52.53,13.38,2\n",
    ),
    Sample(
        name="UTF-16 without a mark",
        encoding="utf-16-le",
        text="Order ID,Latitude,Longitude,Weight\nA1,52.53,13.38,2\n",
        orders="id,lat,lon,demand_kg\nA1,52.53,13.38,2\n",
    ),
    Sample(
        name="two marks at the beginning, CR line ends, bars between columns",
        text="\ufeff\ufeffOrder ID|Latitude|Longitude|Weight\rA1|52.53|13.38|2\r",
        orders="id,lat,lon,demand_kg\nA1,52.53,13.38,2\n",
    ),
    Sample(
        name="Japanese: the encoding is said",
        encoding="shift_jis",
        text="注文番号,緯度,経度,重量,住所,時間指定\nJ1,35.6812,139.7671,3,東京都千代田区,午前\n",
        said={"encoding": "shift_jis"},
        orders="id,lat,lon,demand_kg,tw_end,address\nJ1,35.6812,139.7671,3,12:00,東京都千代田区\n",
    ),
    Sample(
        name="Chinese names",
        text="订单号,纬度,经度,重量,收件人,备注\nC1,31.2304,121.4737,3,王,门口\n",
        orders="id,lat,lon,demand_kg,notes\nC1,31.2304,121.4737,3,王; 门口\n",
    ),
    Sample(
        name="hard spaces, zero-width spaces, stars, capitals and units in names",
        text="*ORDER\u00a0NO,\u200bLATITUDE,Longitude ,Gross-Weight [g],Service_Time (sec),Volume (m3)\nA,52.53,13.38,750,90,0.02\n",
        orders="id,lat,lon,demand_kg,volume_l,service_min\nA,52.53,13.38,0.75,20,1.5\n",
    ),
    Sample(
        name="weights with units of their own; nothing is not zero",
        text=f'{HEAD}\nA,52.53,13.38,"12,5 kg"\nB,52.53,13.38,500 g\nC,52.53,13.38,11 lbs\nD,52.53,13.38,\nE,52.53,13.38,"3,0kg"\n'
        "F,52.53,13.38,2 stones\n",
        rejected={5: "E-O56", 7: "E-O15"},
        orders="id,lat,lon,demand_kg\nA,52.53,13.38,12.5\nB,52.53,13.38,0.5\nC,52.53,13.38,4.98951607\nE,52.53,13.38,3\n",
    ),
    Sample(
        name="thousands set apart with commas",
        text=f'{HEAD}\nA,52.53,13.38,"1,250.00"\nB,52.53,13.38,"1,250"\n',
        orders="id,lat,lon,demand_kg\nA,52.53,13.38,1250\nB,52.53,13.38,1250\n",
    ),
    Sample(
        name="coordinates that a spreadsheet has broken, and 0/0 for unknown",
        text=f"{HEAD}\nA,52.516.300,13.3777,1\nB,525163,13.3777,1\nC,0,0,1\nD,52.5163,13.3777,1\nE,91.2,13.3,1\nF,n/a,13.3,1\n",
        rejected={2: "E-O83", 3: "E-O83", 4: "E-O09", 6: "E-O07", 7: "E-O15"},
        orders="id,lat,lon,demand_kg\nD,52.5163,13.3777,1\n",
    ),
    Sample(
        name="both coordinates in one cell, with comma or point",
        text='id;gps;weight\nA;52.5163, 13.3777;1\nB;"52,5163; 13,3777";1\nC;52,5163, 13,3777;1\nD;52.5163;1\n',
        rejected={5: "E-O15"},
        orders="id,lat,lon,demand_kg\nA,52.5163,13.3777,1\nB,52.5163,13.3777,1\nC,52.5163,13.3777,1\n",
    ),
    Sample(
        name="both coordinates in the column of the address",
        text='Reference,Location,Weight\nA,"52.5163,13.3777",1\n',
        orders="id,lat,lon,demand_kg\nA,52.5163,13.3777,1\n",
    ),
    Sample(
        name="degrees with letters and minutes",
        text=f"{HEAD}\n".replace(",", ";")
        + "A;N 52.5163;13.3777 E;1\nB;33.4489° S;70.6693° W;1\nC;52°30'59\"N;13°22'40\"E;1\nD;13.3777 E;52.5163 N;1\n",
        said={"coordinates": "lat-lon"},
        rejected={5: "E-O07"},
        orders="id,lat,lon,demand_kg\nA,52.5163,13.3777,1\nB,-33.4489,-70.6693,1\nC,52.51638889,13.37777778,1\n",
    ),
    Sample(
        name="swapped columns, once the user has said so",
        text=f"{HEAD}\nA,13.3777,52.5163,1\n",
        said={"coordinates": "lon-lat"},
        orders="id,lat,lon,demand_kg\nA,52.5163,13.3777,1\n",
    ),
    Sample(
        name="leading zeros stay, phones and ids that a spreadsheet has cut short",
        text=(
            "order no;plz;city;phone;lat;lon;weight\n007;01067;Dresden;4.91763E+11;51.05;13.73;1\n"
            "4.91763E+11;01067;Dresden;0351;51.05;13.73;1\n1e5;'01067;Dresden;'0351;51.05;13.73;1\n"
        ),
        rejected={3: "E-O49"},
        orders=(
            "id,lat,lon,demand_kg,address,notes\n007,51.05,13.73,1,01067 Dresden,\n1e5,51.05,13.73,1,01067 Dresden,0351\n"
        ),
    ),
    Sample(
        name="one id at two places is reported, not merged",
        text=(
            "order no,sku,address,lat,lon,weight\nA,s1,Ring 7,52.53,13.38,1\nA,s2,Ring 9,52.54,13.38,1\nB,s1,Ring 9,52.54,13.38,1\n"
        ),
        rejected={2: "E-O06", 3: "E-O06"},
        orders="id,lat,lon,demand_kg,address\nB,52.54,13.38,1,Ring 9\n",
    ),
    Sample(
        name="copies of an order that are no items of it",
        text=f"{HEAD}\nA,52.53,13.38,1\n a ,52.53,13.38,1\nB,52.53,13.38,1\n",
        rejected={2: "E-O06", 3: "E-O06"},
        orders="id,lat,lon,demand_kg\nB,52.53,13.38,1\n",
    ),
    Sample(
        name="copies that the user says are items",
        text=f"{HEAD}\nA,52.53,13.38,1\nB,52.53,13.38,1\nA,52.53,13.38,2.5\n",
        said={"item_rows": True},
        merged=(4,),
        orders="id,lat,lon,demand_kg\nA,52.53,13.38,3.5\nB,52.53,13.38,1\n",
    ),
    Sample(
        name="an item with a fault takes the order with it",
        text="order no,sku,quantity,lat,lon,weight\nA,s1,1,52.53,13.38,1\nA,s2,some,52.53,13.38,1\nB,s1,1,52.53,13.38,1\n",
        rejected={2: "", 3: "E-O15"},
        orders="id,lat,lon,demand_kg,parcels\nB,52.53,13.38,1,1\n",
    ),
    Sample(
        name="quotes: line breaks inside, doubled, stray and never closed; a separator at the end",
        text=(
            "id;lat;lon;weight;notes\n"
            'A;52.53;13.38;1;"ring\ntwice"\nB;52.53;13.38;1;"say ""hi"""\nC;52.53;13.38;1;5" pipe\n'
            'D;52.53;13.38;1;"Box" Berg\nE;52.53;13.38;1;"never closed\nF;52.53;13.38;1;fine;\nG;52.53;13.38\n'
        ),
        rejected={7: "E-O16", 9: "E-O18"},
        orders=(
            "id,lat,lon,demand_kg,notes\n"
            'A,52.53,13.38,1,"ring\ntwice"\nB,52.53,13.38,1,"say ""hi"""\nC,52.53,13.38,1,"5"" pipe"\n'
            "D,52.53,13.38,1,Box Berg\nF,52.53,13.38,1,fine\n"
        ),
    ),
    Sample(
        name="formulas are made safe for the next spreadsheet",
        text=f"{HEAD},notes\n=1+1,52.53,13.38,1,=HYPERLINK()\n-17,52.53,13.38,1,@x\n",
        orders="id,lat,lon,demand_kg,notes\n'=1+1,52.53,13.38,1,'=HYPERLINK()\n-17,52.53,13.38,1,'@x\n",
    ),
    Sample(
        name="windows as times",
        text=_windows(
            "08:00-12:00", "08:00 - 12:00", "8-12", "8h-12h", "8h30-12h", "8 bis 12 Uhr", "0800-1200", "8.30–12.15"
        ),
        orders=_expected(
            *(("08:00", "12:00"),) * 4, ("08:30", "12:00"), ("08:00", "12:00"), ("08:00", "12:00"), ("08:30", "12:15")
        ),
    ),
    Sample(
        name="windows in words",
        text=_windows(
            *("zwischen 9 und 11", "between 9 and 11", "entre 9h et 11h", "dalle 9 alle 11", "de 9 a 11", "od 9 do 11"),
            *("before 10", "bis 10 Uhr", "avant 10h", "after 14:00", "ab 14 Uhr", "14:00-", "-10:00"),
            *("AM", "PM", "vormittags", "tarde", "all day"),
        ),
        orders=_expected(
            *(("09:00", "11:00"),) * 6,
            *(("", "10:00"),) * 3,
            *(("14:00", ""),) * 3,
            *(("", "10:00"), ("", "12:00"), ("12:00", ""), ("", "12:00"), ("12:00", ""), ("", "")),
        ),
    ),
    Sample(
        name="windows of a twelve-hour clock",
        text=_windows("8:00 AM - 12:00 PM", "8am-12pm", "9-11am", "10-2pm", "12:15am to 1am", "3:56pm-5 p.m."),
        orders=_expected(
            ("08:00", "12:00"),
            ("08:00", "12:00"),
            ("09:00", "11:00"),
            ("10:00", "14:00"),
            ("00:15", "01:00"),
            ("15:56", "17:00"),
        ),
    ),
    Sample(
        name="windows with their date, and with offsets",
        text=_windows(
            *("2024-05-01 08:00 - 2024-05-01 12:00", "2024-05-01 08:00-12:00", "01.05.2024 08:00-12:00"),
            "2024-05-01T08:00:00+02:00/2024-05-01T12:00:00+02:00",
        ),
        orders=_expected(*(("08:00", "12:00"),) * 4),
    ),
    Sample(
        name="a spreadsheet's numbers for times",
        text="id,lat,lon,weight,tw_start,tw_end\nA,52.53,13.38,1,0.333333,0.5\nB,52.53,13.38,1,45413.3333333,45413.5\n"
        "C,52.53,13.38,1,800,1700\nD,52.53,13.38,1,8,2500\n",
        rejected={5: "E-O32"},
        orders="id,lat,lon,demand_kg,tw_start,tw_end\nA,52.53,13.38,1,08:00,12:00\nB,52.53,13.38,1,08:00,12:00\n"
        "C,52.53,13.38,1,08:00,17:00\n",
    ),
    Sample(
        name="two windows in one cell, and four, which are too many",
        text=(
            "id\tlat\tlon\tweight\ttime slot\nA\t52.53\t13.38\t1\t08:00-10:00;14:00-16:00\n"
            "B\t52.53\t13.38\t1\t08:00-10:00, 14:00-16:00\nC\t52.53\t13.38\t1\t8-9;10-11;12-13;14-15\n"
        ),
        rejected={4: "E-O80"},
        orders=(
            "id,lat,lon,demand_kg,tw_start,tw_end,tw2_start,tw2_end\n"
            "A,52.53,13.38,1,08:00,10:00,14:00,16:00\nB,52.53,13.38,1,08:00,10:00,14:00,16:00\n"
        ),
    ),
    Sample(
        name="a second window in columns of its own",
        text=(
            "id,lat,lon,weight,Time window from,Time window to,Time window from 2,Time window to 2\n"
            "A,52.53,13.38,1,08:00,10:00,14:00,16:00\n"
        ),
        said={"window_end": "service-start"},
        orders=("id,lat,lon,demand_kg,tw_start,tw_end,tw2_start,tw2_end\nA,52.53,13.38,1,08:00,10:00,14:00,16:00\n"),
    ),
    Sample(
        name="windows that end before they start, or on the next day without a date",
        text=_windows("12-8", "22:00-02:00", "15:56 - 01:00 (+1)"),
        rejected={2: "E-O30", 3: "E-O30", 4: "E-O33"},
        orders="",
    ),
    Sample(
        name="the clock change: a time that does not exist, one that happens twice, one with its offset",
        text=(
            "id,lat,lon,weight,tw_start\nA,52.53,13.38,1,2024-10-27 02:30\nB,52.53,13.38,1,2024-10-27T02:30:00+02:00\n"
            "C,52.53,13.38,1,2024-10-27T00:30:00Z\nD,52.53,13.38,1,2024-10-27 08:00\n"
        ),
        rejected={2: "E-O35"},
        orders=(
            "id,lat,lon,demand_kg,tw_start\nB,52.53,13.38,1,2024-10-27T02:30+02:00\n"
            "C,52.53,13.38,1,2024-10-27T02:30+02:00\nD,52.53,13.38,1,08:00\n"
        ),
    ),
    Sample(
        name="months first, as the whole column shows",
        text="id,lat,lon,weight,delivery date\nA,42.36,-71.05,1,05/01/2024\nB,42.36,-71.05,1,5/1/24\nC,42.36,-71.05,1,05/13/2024\n",
        said={"day": "2024-05-01"},
        rejected={4: "E-O31"},
        orders="id,lat,lon,demand_kg\nA,42.36,-71.05,1\nB,42.36,-71.05,1\n",
    ),
    Sample(
        name="a date without its year, on the day that is asked for",
        text="id,lat,lon,weight,tw_start\nA,31.2304,121.4737,1,05-01 08:12:00\n",
        said={"day": "2024-05-01"},
        orders="id,lat,lon,demand_kg,tw_start\nA,31.2304,121.4737,1,08:12\n",
    ),
    Sample(
        name="priorities as numbers, the lowest first",
        text="id,lat,lon,weight,priority\nA,52.53,13.38,1,1\nB,52.53,13.38,1,5\nC,52.53,13.38,1,10\nD,52.53,13.38,1,\n",
        said={"first_priority": "low"},
        orders=(
            "id,lat,lon,demand_kg,priority\nA,52.53,13.38,1,must\nB,52.53,13.38,1,should\nC,52.53,13.38,1,may\nD,52.53,13.38,1,\n"
        ),
    ),
    Sample(
        name="types and priorities in German",
        text=(
            "Auftragsnummer;Auftragsart;Priorität;lat;lon;Gewicht\nA;Lieferung;hoch;52,53;13,38;1\nB;Abholung;niedrig;52,53;13,38;1\n"
            "C;Schenkung;;52,53;13,38;1\n"
        ),
        rejected={4: "E-O54"},
        orders="id,lat,lon,demand_kg,priority,type\nA,52.53,13.38,1,must,delivery\nB,52.53,13.38,1,may,pickup\n",
    ),
    Sample(
        name="service times as clock, hours and seconds",
        text=(
            "id,lat,lon,weight,duration\nA,52.53,13.38,1,00:05\nB,52.53,13.38,1,5 min\nC,52.53,13.38,1,1h30\nD,52.53,13.38,1,90 s\n"
            "E,52.53,13.38,1,0:02:30\nF,52.53,13.38,1,soon\n"
        ),
        rejected={7: "E-O15"},
        orders=(
            "id,lat,lon,demand_kg,service_min\nA,52.53,13.38,1,5\nB,52.53,13.38,1,5\nC,52.53,13.38,1,90\nD,52.53,13.38,1,1.5\n"
            "E,52.53,13.38,1,2.5\n"
        ),
    ),
    Sample(
        name="an address without coordinates is rejected with its remedy",
        text="order no;address;lat;lon;weight\nA;Ring 7, Berlin;;;1\nB;Ring 9, Berlin;52.53;13.38;1\nC;;;;1\n",
        rejected={2: "E-O70", 4: "E-O56"},
        orders='id,lat,lon,demand_kg,address\nB,52.53,13.38,1,"Ring 9, Berlin"\n',
    ),
    Sample(
        name="house numbers in many forms",
        text="order no;street;number;city;lat;lon;weight\n".replace("number", "house number")
        + "".join(
            f"{n};{street};{number};Berlin;52.53;13.38;1\n"
            for n, (street, number) in enumerate(
                [("Hauptstr.", "12a"), ("Hauptstraße", "12-14"), ("Ring", "12/3"), ("Calle Mayor", "s/n")], 1
            )
        ),
        orders="id,lat,lon,demand_kg,address\n"
        + "".join(
            f'{n},52.53,13.38,1,"{road}, Berlin"\n'
            for n, road in enumerate(["Hauptstr. 12a", "Hauptstraße 12-14", "Ring 12/3", "Calle Mayor s/n"], 1)
        ),
    ),
    Sample(
        name="control characters, and a header that is repeated on the next page",
        text=f"{HEAD},notes\nA,52.53,13.38,1,bell\n{HEAD},notes\nB,52.53,13.38,1,be\x07ll\n",
        rejected={4: "E-O14"},
        orders="id,lat,lon,demand_kg,notes\nA,52.53,13.38,1,bell\n",
    ),
    Sample(
        name="ids that a program took for numbers",
        text="order no,lat,lon,weight\n1049.0,52.53,13.38,1\n1050.0,52.53,13.38,1\n",
        orders="id,lat,lon,demand_kg\n1049,52.53,13.38,1\n1050,52.53,13.38,1\n",
    ),
    Sample(
        name="one id that ends in .0 among others stays",
        text="order no,lat,lon,weight\n1049.0,52.53,13.38,1\n1050,52.53,13.38,1\n",
        orders="id,lat,lon,demand_kg\n1049.0,52.53,13.38,1\n1050,52.53,13.38,1\n",
    ),
    Sample(
        name="Dutch: semicolons and decimal commas",
        text="Bestelnummer;Klant;Straat;Huisnummer;Postcode;Plaats;Breedtegraad;Lengtegraad;Gewicht\n1;Jan;Dam;1;1012AB;Amsterdam;52,37;4,89;2,5\n",
        orders='id,lat,lon,demand_kg,address,notes\n1,52.37,4.89,2.5,"Dam 1, 1012AB Amsterdam",Jan\n',
    ),
    Sample(
        name="times in UTC beside a column of dates",
        text="id,lat,lon,weight,date,start_utc\nA,52.5,13.4,1,2024-05-01,08:00\nB,52.5,13.4,1,2024-05-01,23:30\n",
        orders="id,lat,lon,demand_kg,tw_start\nA,52.5,13.4,1,10:00\nB,52.5,13.4,1,2024-05-02T01:30\n",
    ),
)
