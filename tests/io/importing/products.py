"""One small export for each tool whose columns are known, with what is to become of it.

The columns are those of the vendors' import pages (docs/import.md); the rows are made up.
"""

from __future__ import annotations

from tests.io.importing.sample import Sample

SAMPLES = (
    Sample(
        name="OptimoRoute: day first, minutes, the end of a window is the end of service",
        product="optimoroute",
        text=(
            "Order ID,Order type,Date,Priority,Location name,Address,Latitude,Longitude,Time window from,"
            "Time window to,Duration,Load #1,Vehicle features,Skills,Notes\n"
            "O-1,D,01/05/2024,C,Bakery,Hauptstr. 5,52.5163,13.3777,08:00,12:00,10,2.5,cold;lift,id check,ring\n"
            "O-2,P,01/05/2024,L,Anna,Ring 7,52.52,13.4,,17:00,5,4,,,\n"
            "O-3,T,01/05/2024,M,Bob,Ring 9,52.53,13.41,9:00,,5,,,,\n"
        ),
        said={"units": {"load": "kg"}},
        orders=(
            "id,lat,lon,demand_kg,service_min,tw_start,tw_end,priority,skills,address,notes,type\n"
            "O-1,52.5163,13.3777,2.5,10,08:00,11:50,must,cold;lift;id check,Hauptstr. 5,Bakery; ring,delivery\n"
            "O-2,52.52,13.4,4,5,,16:55,may,,Ring 7,Anna,pickup\n"
            "O-3,52.53,13.41,0,5,09:00,,should,,Ring 9,Bob,delivery\n"
        ),
    ),
    Sample(
        name="Circuit: no ids, either time may be empty, no weight",
        product="circuit",
        text=(
            "Address Line 1,Address Line 2,City,State,Zip,Country,Earliest Time,Latest Time,Time at stop (minutes),"
            "Notes,Recipient Name,Packages,Latitude,Longitude\n"
            "12 Main St,Apt 3,Boston,MA,'02113,USA,8:00 AM,,4,back door,Ann,2,42.3655,-71.0540\n"
            "9 Salem St,,Boston,MA,02113,USA,,3:56pm,4,,Bo,,42.3640,-71.0560\n"
        ),
        said={"parcel_kg": "1.5"},
        orders=(
            "id,lat,lon,demand_kg,parcels,service_min,tw_start,tw_end,address,notes\n"
            'row-2,42.3655,-71.0540,3,2,4,08:00,,"12 Main St, Apt 3, 02113 Boston, MA, USA",Ann; back door\n'
            'row-3,42.3640,-71.0560,1.5,,4,,15:56,"9 Salem St, 02113 Boston, MA, USA",Bo\n'
        ),
    ),
    Sample(
        name="Onfleet: camel case, epoch milliseconds, a column Pickup of yes and no",
        product="onfleet",
        text=(
            "Recipient_Name,Recipient_Phone,Recipient_Notes,Address_Line1,Address_Line2,City/Town,State/Province,"
            "Postal_Code,Country,Task_Details,completeAfter,completeBefore,Latitude,Longitude,Pickup,Quantity\n"
            "Ann,+49 30 1,dog,Ring 7,,Berlin,,10115,DE,fragile,1714543200000,1714557600000,52.53,13.38,FALSE,2\n"
        ),
        said={"parcel_kg": "2"},
        orders=(
            "id,lat,lon,demand_kg,parcels,tw_start,tw_end,address,notes,type\n"
            'row-2,52.53,13.38,4,2,08:00,12:00,"Ring 7, 10115 Berlin, DE",Ann; +49 30 1; dog; fragile,delivery\n'
        ),
    ),
    Sample(
        name="Detrack: one row per item, the number of the order repeated",
        product="detrack",
        text=(
            "D.O. No.,Date,Address,Deliver to / Collect from,Delivery time,Tracking No.,Phone No.,Notify email,"
            "Instructions,Assign to,Zone,SKU,Item Description,Quantity,Detrack Job Type,Latitude,Longitude,Weight (kg)\n"
            "DO-1,2024-05-01,1 Raffles Pl,Lim,AM,T1,6512,a@b.sg,lobby,Van 1,C,S1,Tea,2,Delivery,1.2840,103.8510,1.5\n"
            "DO-1,2024-05-01,,,,,,,,,,S2,Cups,1,,,,0.5\n"
            "DO-2,2024-05-01,2 Raffles Pl,Tan,14:00 - 16:00,T2,6513,,,,C,S3,Pot,1,Collection,1.2841,103.8512,2\n"
        ),
        merged=(3,),
        orders=(
            "id,lat,lon,demand_kg,parcels,tw_start,tw_end,address,notes,type\n"
            "DO-1,1.2840,103.8510,2,3,,12:00,1 Raffles Pl,Lim; 6512; lobby,delivery\n"
            "DO-2,1.2841,103.8512,2,1,14:00,16:00,2 Raffles Pl,Tan; 6513,pickup\n"
        ),
    ),
    Sample(
        name="ElasticRoute: the name is the id, the address in three lines",
        text=(
            "Name,Address 1,Address 2,Address 3,City,Postal Code,Country,Latitude,Longitude,Weight\n"
            "S1,Ring 7,2nd yard,left,Berlin,10115,DE,52.53,13.38,3\n"
        ),
        orders='id,lat,lon,demand_kg,address\nS1,52.53,13.38,3,"Ring 7, 2nd yard, left, 10115 Berlin, DE"\n',
    ),
    Sample(
        name="Viamente: twelve-hour clock, and the next day in brackets",
        product="viamente",
        text=(
            "Name,Street,ZIP,City,Service Time (min),Load,Notes,Time Window Start,Time Window End,Latitude,Longitude\n"
            "V1,Ring 7,10115,Berlin,7,3,,3:56pm,5:10pm,52.53,13.38\n"
            "V2,Ring 9,10115,Berlin,7,3,,23:00,12:23am (+1),52.53,13.39\n"
        ),
        said={"units": {"load": "kg"}, "day": "2024-05-01"},
        orders=(
            "id,lat,lon,demand_kg,service_min,tw_start,tw_end,address\n"
            'V1,52.53,13.38,3,7,15:56,17:10,"Ring 7, 10115 Berlin"\n'
            'V2,52.53,13.39,3,7,23:00,2024-05-02T00:23,"Ring 9, 10115 Berlin"\n'
        ),
    ),
    Sample(
        name="Route4Me: alias, order number and order weight",
        product="route4me",
        text=(
            "Address,Alias,City,State,ZIP Code,Country,Customer Email,Order Number,Order Weight,Lat,Lng,Colour\n"
            "9 Salem St,Bo,Boston,MA,02113,USA,a@b.us,17,11 lbs,42.3640,-71.0560,red\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,address,notes\n"
            '17,42.3640,-71.0560,4.98951607,"9 Salem St, 02113 Boston, MA, USA",Bo\n'
        ),
    ),
    Sample(
        name="Droppath: an address in its parts, the house number before the street",
        text=(
            "address_number,address_street,address_unit,address_city,address_state,address_country,address_postalcode,"
            "latitude,longitude,notes,contact_name,contact_phone,company,tracking_id,quantity,title,date_completed_iso\n"
            "12,Rue de Rivoli,3,Paris,,FR,75001,48.8556,2.3580,digicode 12,Zoé,+33 1,Acme,T-9,2,Box,\n"
        ),
        said={"parcel_kg": "1"},
        orders=(
            "id,lat,lon,demand_kg,parcels,address,notes\n"
            'T-9,48.8556,2.3580,2,2,"12 Rue de Rivoli, 3, 75001 Paris, FR",Zoé Acme Box; +33 1; digicode 12\n'
        ),
    ),
    Sample(
        name="TrackRoad: no header, longitude before latitude, a second window",
        product="trackroad",
        text=(
            "Ann,Ring 7,Berlin,,10115,DE,Van 1,2.5,5,1,20,bell,0800,1200,,030,Y,13.38,52.53,C-1,1400,1600\n"
            "Bo,Ring 9,Berlin,,10115,DE,Van 1,1,5,1,,,,,,,N,13.39,52.53,C-2,,\n"
        ),
        said={"product": "trackroad", "units": {"volume": "l"}},
        orders=(
            "id,lat,lon,demand_kg,volume_l,parcels,service_min,tw_start,tw_end,tw2_start,tw2_end,address,notes\n"
            'C-1,52.53,13.38,2.5,20,1,5,08:00,12:00,14:00,16:00,"Ring 7, 10115 Berlin, DE",Ann; 030; bell\n'
            'C-2,52.53,13.39,1,,1,5,,,,,"Ring 9, 10115 Berlin, DE",Bo\n'
        ),
    ),
    Sample(
        name="Cartrack: date and start in one column, latitude and longitude in another",
        product="cartrack",
        text=(
            "Job Reference Number,Stop Type (P),Stop No,Driver Name,Route Name,Scheduled Delivery Date and Allowed Start,"
            "Priority,Customer Name,Phone,Email,GPS,Country Code,Address Line 1,Weight\n"
            'J-1,D,1,,R1,2024-05-01 08:30,Normal,Ann,27 11,,"-26.2041,28.0473",ZA,1 Main Rd,3\n'
        ),
        orders=(
            "id,lat,lon,demand_kg,tw_start,priority,address,notes,type\n"
            'J-1,-26.2041,28.0473,3,08:30,should,"1 Main Rd, ZA",Ann; 27 11,delivery\n'
        ),
    ),
    Sample(
        name="Dispatch Science: goods are ready at the depot at an hour, windows with their date",
        product="dispatch-science",
        text=(
            "Dropoff Contact Name,Address Line 1,City,Province,Postal Code,Service Level,Ready At,Del Date,"
            "Del no earlier than,Del no later than,Reference Number 1,Latitude,Longitude,Weight (lb)\n"
            "Ann,1 King St,Toronto,ON,M5H 1A1,Rush,2024-05-01 07:15,2024-05-01,2024-05-01 08:00,2024-05-01 10:00,R-1,"
            "43.6490,-79.3780,2\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,tw_start,tw_end,address,notes,release\n"
            'R-1,43.6490,-79.3780,0.90718474,08:00,10:00,"1 King St, M5H 1A1 Toronto, ON",Ann,07:15\n'
        ),
    ),
    Sample(
        name="Plan & Go: ISO-8859-1, semicolons, 1700 for a time, item lines, \\n inside notes",
        product="plan-and-go",
        encoding="latin-1",
        text=(
            "ORDER_ID;ORDER_LINE_ID;PICKUP;TIMEWINDOW_START;TIMEWINDOW_STOP;PRODUCT;PRODUCT_COUNT;PARCEL_NUMBER;"
            "CUSTOMER_NAME;CUSTOMER_DIRECTIVE;ADDRESS;ZIP;CITY;LAT;LON;WEIGHT\n"
            "N1;1;N;800;1700;Milk;2;P1;Åse;Ring på\\nbakdør;Storgata 13B;0184;Oslo;59,9139;10,7522;1,5\n"
            "N1;2;N;800;1700;Bread;1;P2;Åse;;Storgata 13B;0184;Oslo;59,9139;10,7522;0,5\n"
            "N2;1;Y;;;Box;1;P3;Pål;;Storgata 15;0184;Oslo;59,9140;10,7530;2\n"
        ),
        merged=(3,),
        orders=(
            "id,lat,lon,demand_kg,parcels,tw_start,tw_end,address,notes,type\n"
            'N1,59.9139,10.7522,2,3,08:00,17:00,"Storgata 13B, 0184 Oslo","Åse; Ring på\nbakdør",delivery\n'
            'N2,59.9140,10.7530,2,1,,,"Storgata 15, 0184 Oslo",Pål,pickup\n'
        ),
    ),
    Sample(
        name="Wialon: semicolons, dates with points",
        text=(
            "Name;Address;Lat;Lon;Time from;Time to;Weight\nW1;Ring 7;52.53;13.38;01.05.2024 08:00;01.05.2024 10:30;3\n"
        ),
        orders="id,lat,lon,demand_kg,tw_start,tw_end,address\nW1,52.53,13.38,3,08:00,10:30,Ring 7\n",
    ),
    Sample(
        name="Bliskapaczka: Windows-1250, Polish names",
        encoding="cp1250",
        text=(
            "Nr zamówienia;Odbiorca;Ulica;Nr domu;Kod pocztowy;Miasto;Szerokość;Długość geograficzna;Waga;Okno od;Okno do;"
            "Uwagi\n"
            "Z1;Żaneta Łęcka;Długa;5;00-238;Łódź;52,2500;21,0050;1,25;8:00;10:00;dzwonić\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,tw_start,tw_end,address,notes\n"
            'Z1,52.2500,21.0050,1.25,08:00,10:00,"Długa 5, 00-238 Łódź",Żaneta Łęcka; dzwonić\n'
        ),
    ),
    Sample(
        name="TLNplanner: places of the columns told by a mapping, no header",
        text="NL;1012AB;52.3740;4.8970;5;12\nNL;1012AC;52.3750;4.8980;7;3\n",
        said={
            "header": False,
            "columns": {
                **{"column 1": "country", "column 2": "postcode", "column 3": "lat", "column 4": "lon"},
                **{"column 5": "service", "column 6": "weight"},
            },
        },
        orders=(
            "id,lat,lon,demand_kg,service_min,address\n"
            'row-1,52.3740,4.8970,12,5,"1012AB, NL"\nrow-2,52.3750,4.8980,3,7,"1012AC, NL"\n'
        ),
    ),
    Sample(
        name="Track-POD: names run together",
        product="trackpod",
        text=(
            "Number,Type,Date,Client,Address,AddressLat,AddressLon,ContactName,Phone,Email,Note,TimeSlotFrom,TimeSlotTo,"
            "ServiceTime,Weight,Volume (l),Barcode\n"
            "1,Delivery,2024-05-01,Acme,Ring 7,52.53,13.38,Ann,030,a@b.de,bell,08:00,12:00,5,3.5,12,4006381333931\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,volume_l,service_min,tw_start,tw_end,address,notes,type\n"
            "1,52.53,13.38,3.5,12,5,08:00,12:00,Ring 7,Acme Ann; 030; bell,delivery\n"
        ),
    ),
    Sample(
        name="NextBillion: a row is two stops, service in seconds",
        product="nextbillion",
        text=(
            "Description,Skills,Quantity,Weight,Pickup ID,Pickup Service,Pickup Location,Pickup Time Window Start,"
            "Delivery ID,Delivery Service,Delivery Location,Delivery Time Window Start\n"
            'flowers,cold,1,2,P1,90,"52.53,13.38",,D1,120,"52.54,13.40",\n'
            'cake,,1,2,P2,60,"52.53,13.38",,D2,60,"95.54,13.40",\n'
        ),
        rejected={3: "E-O07"},
        orders=(
            "id,lat,lon,demand_kg,parcels,service_min,skills,notes,type,pair\n"
            "P1,52.53,13.38,2,1,1.5,cold,flowers,pickup,job-2\n"
            "D1,52.54,13.40,2,1,2,cold,flowers,delivery,job-2\n"
        ),
    ),
    Sample(
        name="Esri: the end of a window is for the arrival, the unit of service is asked for",
        product="esri",
        text=(
            "Name,ServiceTime,TimeWindowStart,TimeWindowEnd,X,Y,Weight_lb\n"
            "E1,6,2024-05-01 08:00,2024-05-01 09:00,-117.1956,34.0564,10\n"
        ),
        said={"units": {"service": "min"}},
        orders="id,lat,lon,demand_kg,service_min,tw_start,tw_end\nE1,34.0564,-117.1956,4.5359237,6,08:00,09:00\n",
    ),
    Sample(
        name="Vonzu: Spanish, but the month first, and * before what is needed",
        product="vonzu",
        text=(
            "Referencia;*Tipo;Tarifa;Cliente;*Fecha entrega;Desde la hora;Hasta la hora;*Calle;Número;Población;Latitud;"
            "Longitud;Peso\n"
            "R1;Entrega;;Acme;05/06/2024;08:00:00;10:30;Gran Vía;3;Madrid;40,4200;-3,7030;1.250,50\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,tw_start,tw_end,address,notes,type\n"
            'R1,40.4200,-3.7030,1250.5,08:00,10:30,"Gran Vía 3, Madrid",Acme,delivery\n'
        ),
    ),
    Sample(
        name="Beetrack: one row per item, the document repeated",
        product="beetrack",
        text=(
            "N° Documento,Latitud,Longitud,Dirección,Nombre ítem,Cantidad,Peso\n"
            '7001,-33.4489,-70.6693,"Av. Providencia 1, Santiago",Vino,6,7.5\n'
            '7001,-33.4489,-70.6693,"Av. Providencia 1, Santiago",Agua,2,3\n'
        ),
        merged=(3,),
        orders=('id,lat,lon,demand_kg,parcels,address\n7001,-33.4489,-70.6693,10.5,8,"Av. Providencia 1, Santiago"\n'),
    ),
    Sample(
        name="Shippify: Portuguese, day first, the number of the house in its own column",
        product="shippify",
        text=(
            "Destinatário,Email,Telefone,Endereço,Número endereço,Bairro,Latitude,Longitude,Cidade,Informações extra,"
            "Nome produto,Quantidade produto,ID produto,Tamanho produto,ID referência,Horario entrega\n"
            "Ana,a@b.br,+55 11,Rua Augusta,100,Consolação,-23.5530,-46.6540,São Paulo,portaria,Vinho,2,9,3,S-1,"
            "02/05/2024 14:00\n"
        ),
        said={"parcel_kg": "1.2", "single_time": "before"},
        orders=(
            "id,lat,lon,demand_kg,parcels,tw_end,address,notes\n"
            'S-1,-23.5530,-46.6540,2.4,2,14:00,"Rua Augusta, 100, Consolação, São Paulo",Ana; +55 11; portaria\n'
        ),
    ),
    Sample(
        name="Brazilian ERP: the number of the order, day first as the dates show",
        text=(
            "Número do Pedido;Nome do contato;Cidade do contato;UF do Contato;CEP do contato;Data de Entrega;Transportadora;"
            "Latitude;Longitude;Peso (kg)\n"
            "55;Ana;São Paulo;SP;01305-000;25/05/2024;X;-23,5530;-46,6540;3,5\n"
        ),
        orders=('id,lat,lon,demand_kg,address,notes\n55,-23.5530,-46.6540,3.5,"01305-000 São Paulo, SP",Ana\n'),
    ),
    Sample(
        name="Appligeo: X is the latitude and Y the longitude",
        product="appligeo",
        text=(
            "SOCIETE;NOMCLIENT;ADRESSE;ADR2;CP;VILLE;X;Y;POIDS\n"
            "Acme;Zoé;12 rue de Rivoli;bât. B;75001;Paris;48,8556;2,3580;4\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,address,notes\n"
            'row-2,48.8556,2.3580,4,"12 rue de Rivoli, bât. B, 75001 Paris",Acme Zoé\n'
        ),
    ),
    Sample(
        name="Mapotempo: French, in UTF-8",
        product="mapotempo",
        text=(
            "Référence;Nom;Voie;Complément;Code postal;Ville;Pays;Latitude;Longitude;Quantité;Commentaire;Numéro de téléphone;"
            "Poids (g)\n"
            "M1;Zoé;12 rue de l'Église;étage 2;33000;Bordeaux;FR;44.8378;-0.5792;2;sonner;05 56;750\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,parcels,address,notes\n"
            'M1,44.8378,-0.5792,0.75,2,"12 rue de l\'Église, étage 2, 33000 Bordeaux, FR",Zoé; 05 56; sonner\n'
        ),
    ),
    Sample(
        name="Italian parcels: the number of the house apart, three sides in centimetres",
        text=(
            "Riferimento;Nominativo destinatario;Indirizzo destinatario;Civico destinatario;CAP;Città / Comune;Provincia;Peso;"
            "Altezza;Lunghezza;Profondità;Telefono;Note;Data ritiro;Latitudine;Longitudine\n"
            "I1;Rossi;Via Roma;7;20121;Milano;MI;2,5;20;40;30;02;citofono;31/05/2024;45,4642;9,1900\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,longest_cm,address,notes\n"
            'I1,45.4642,9.1900,2.5,40,"Via Roma, 7, 20121 Milano, MI",Rossi; 02; citofono\n'
        ),
    ),
    Sample(
        name="Hermes: the width of a field in brackets is no unit",
        product="hermes",
        encoding="cp1252",
        text=(
            "Vorname (20);Nachname/Firmenname (30);Adresszusatz (50);Strasse (27);Hausnummer (5);PLZ (10);Ort (30);"
            "Telefonnummer (14);E-Mail-Adresse (70);Kundenreferenznummer (20);Paketklasse;Breitengrad;Längengrad;Gewicht\n"
            "Jörg;Müßig;Hof;Lange Straße;12-14;01067;Dresden;0351;j@m.de;K-1;S;51,0504;13,7373;\n"
        ),
        said={"parcel_kg": "2"},
        orders=(
            "id,lat,lon,demand_kg,address,notes\n"
            'K-1,51.0504,13.7373,2,"Lange Straße 12-14, Hof, 01067 Dresden",Jörg Müßig; 0351\n'
        ),
    ),
    Sample(
        name="WooCommerce: the date is that of the purchase; rows per item; a mark at the beginning",
        product="woocommerce",
        encoding="utf-8-sig",
        text=(
            "order_id,order_number,date,status,billing_first_name,shipping_first_name,shipping_last_name,"
            "shipping_address_1,shipping_address_2,shipping_postcode,shipping_city,shipping_state,shipping_country,"
            "customer_note,order_item_1,latitude,longitude,weight\n"
            "4959,4959,5/31/2016 0:37,processing,Al,Ann,Lee,9 Salem St,,02113,Boston,MA,US,bell,product_id:4959|1|30,"
            "42.3640,-71.0560,3\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,address,notes\n"
            '4959,42.3640,-71.0560,3,"9 Salem St, 02113 Boston, MA, US",Ann Lee; bell\n'
        ),
    ),
    Sample(
        name="Shopify: only the first row of an order has the address",
        product="shopify",
        text=(
            "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,"
            "Lineitem quantity,Lineitem name,Lineitem sku,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
            "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Latitude,"
            "Longitude\n"
            "#1049,a@b.us,paid,,USD,30,5,0,35,2024-05-01 10:22:33 +0200,2,Soap,S1,Ann Lee,9 Salem St,9 Salem St,,,Boston,"
            "'02113,MA,US,+1 617,leave it,42.3640,-71.0560\n"
            "#1049,a@b.us,,,,,,,,2024-05-01 10:22:33 +0200,1,Towel,S2,,,,,,,,,,,,,\n"
            "#1050,c@d.us,paid,,USD,9,5,0,14,2024-05-01 11:00:00 +0200,1,Soap,S1,Bo,12 Main St,12 Main St,,,Boston,'02113,MA,"
            "US,,,42.3655,-71.0540\n"
        ),
        said={"parcel_kg": "0.4"},
        merged=(3,),
        orders=(
            "id,lat,lon,demand_kg,parcels,address,notes\n"
            '#1049,42.3640,-71.0560,1.2,3,"9 Salem St, 02113 Boston, MA, US",Ann Lee; +1 617; leave it\n'
            '#1050,42.3655,-71.0540,0.4,1,"12 Main St, 02113 Boston, MA, US",Bo\n'
        ),
    ),
    Sample(
        name="Russian: Windows-1251",
        encoding="cp1251",
        text=(
            "Номер заказа;Получатель;Адрес;Город получателя;Фактический вес;Широта;Долгота;Комментарий\n"
            "Р1;Иванов;ул. Ленина 5;Казань;2,5 кг;55,7961;49,1064;звонить заранее\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,address,notes\n"
            'Р1,55.7961,49.1064,2.5,"ул. Ленина 5, Казань",Иванов; звонить заранее\n'
        ),
    ),
    Sample(
        name="LaDe: what was delivered when is no window",
        product="lade",
        text=(
            "order_id,region_id,city,courier_id,lng,lat,aoi_id,accept_time,delivery_time,ds\n"
            "77,3,Shanghai,12,121.4737,31.2304,5,05-01 08:12:00,05-01 10:05:00,501\n"
        ),
        said={"parcel_kg": "1"},
        orders="id,lat,lon,demand_kg,address\n77,31.2304,121.4737,1,Shanghai\n",
    ),
    Sample(
        name="Amazon: seconds, centimetres, windows in UTC",
        text=(
            "package_id,lat,lng,planned_service_time_seconds,depth_cm,height_cm,width_cm,start_time_utc,end_time_utc,weight\n"
            "P-1,34.0522,-118.2437,45,40,10,30,2018-07-27 16:00:00,2018-07-27 20:00:00,2\n"
        ),
        said={"columns": {"package_id": "id"}},
        orders=(
            "id,lat,lon,demand_kg,volume_l,longest_cm,service_min,tw_start,tw_end\n"
            "P-1,34.0522,-118.2437,2,12,40,0.75,09:00,13:00\n"
        ),
    ),
    Sample(
        name="vrp-cli: the sign of the demand is the type, one id twice is a pair, times in UTC",
        product="vrp-cli",
        text=(
            "ID,LAT,LNG,DEMAND,DURATION,TW_START,TW_END\n"
            "job1,52.52599,13.45413,-2,5,2020-07-04T08:00:00Z,2020-07-04T12:00:00Z\n"
            "job2,52.5225,13.4095,1,3,,\njob2,52.5165,13.3808,-1,3,,\njob3,52.5316,13.3884,0,5,,\n"
        ),
        said={"units": {"load": "kg"}},
        orders=(
            "id,lat,lon,demand_kg,service_min,tw_start,tw_end,type,pair\n"
            "job1,52.52599,13.45413,2,5,10:00,14:00,delivery,\n"
            "job2 pickup,52.5225,13.4095,1,3,,,pickup,job2\n"
            "job2 delivery,52.5165,13.3808,1,3,,,delivery,job2\n"
            "job3,52.5316,13.3884,0,5,,,delivery,\n"
        ),
    ),
    Sample(
        name="Routific: start and end, duration, load",
        text=(
            "Name,Address,Lat,Lng,Start,End,Duration,Load (kg),Phone,Notes\n"
            "R1,Ring 7,52.53,13.38,09:00,11:00,6,4,030,bell\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,service_min,tw_start,tw_end,address,notes\n"
            "R1,52.53,13.38,4,6,09:00,11:00,Ring 7,030; bell\n"
        ),
    ),
    Sample(
        name="our own file comes back as it was",
        product="planner",
        text=(
            "id,lat,lon,demand_kg,volume_l,parcels,longest_cm,service_min,setup_min,tw_start,tw_end,priority,skills,"
            "vehicle_class,address,notes,type,group,release,depot\n"
            "A-1,52.53,13.38,2.5,12,2,80,2.5,1,09:00,12:00,must,cold;lift,L6e,Ring 7,bell,delivery,g1,08:15,hub\n"
        ),
        orders=(
            "id,lat,lon,demand_kg,volume_l,parcels,longest_cm,service_min,setup_min,tw_start,tw_end,priority,skills,"
            "vehicle_class,address,notes,type,group,release,depot\n"
            "A-1,52.53,13.38,2.5,12,2,80,2.5,1,09:00,12:00,must,cold;lift,L6e,Ring 7,bell,delivery,g1,08:15,hub\n"
        ),
    ),
)
