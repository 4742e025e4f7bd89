"""The same reports in the languages of the platforms' interfaces."""

import pytest

from engine.intake.columns import recognised
from engine.models.export import Hints

META = [
    "campaign",
    "ad_set",
    "day",
    "spend",
    "impressions",
    "reach",
    "clicks",
    "conversions",
    "result_kind",
    "revenue",
]
META_HEADERS = {
    "en": "Campaign name|Ad set name|Day|Amount spent (USD)|Impressions|Reach|Link clicks|Results|"
    "Result indicator|"
    "Purchases conversion value",
    "de": "Kampagnenname|Name der Anzeigengruppe|Tag|Ausgegebener Betrag (EUR)|Impressionen|Reichweite|"
    "Link-Klicks|"
    "Ergebnisse|Ergebnisindikator|Conversion-Wert für Käufe",
    "fr": "Nom de la campagne|Nom de l’ensemble de publicités|Jour|Montant dépensé (EUR)|Impressions|"
    "Couverture|"
    "Clics sur un lien|Résultats|Indicateur de résultats|Valeur de conversion des achats",
    "es": "Nombre de la campaña|Nombre del conjunto de anuncios|Día|Importe gastado (EUR)|Impresiones|"
    "Alcance|"
    "Clics en el enlace|Resultados|Indicador de resultado|Valor de conversión de compras",
    "pt-BR": "Nome da campanha|Nome do conjunto de anúncios|Dia|Valor usado (BRL)|Impressões|Alcance|"
    "Cliques no link|Resultados|Indicador de resultados|Valor de conversão da compra",
    "pt-PT": "Nome da campanha|Nome do conjunto de anúncios|Dia|Montante gasto (EUR)|Impressões|Alcance|"
    "Cliques na ligação|Resultados|Indicador de resultados|Valor de conversão de compras",
    "it": "Nome della campagna|Nome del gruppo di inserzioni|Giorno|Importo speso (EUR)|Impression|Copertura|"
    "Clic sul link|Risultati|Indicatore di risultato|Valore di conversione degli acquisti",
    "nl": "Campagnenaam|Naam advertentieset|Dag|Besteed bedrag (EUR)|Weergaven|Bereik|Klikken op links|"
    "Resultaten|"
    "Resultatenindicator|Conversiewaarde aankopen",
    "pl": "Nazwa kampanii|Nazwa zestawu reklam|Dzień|Wydana kwota (PLN)|Wyświetlenia|Zasięg|"
    "Kliknięcia linku|Wyniki|"
    "Wskaźnik wyników|Wartość konwersji zakupu",
    "sv": "Kampanjens namn|Annonsuppsättningens namn|Dag|Spenderat belopp (SEK)|Visningar|Räckvidd|Länkklick|"
    "Resultat|Resultatindikator|Konverteringsvärde för köp",
    "da": "Kampagnens navn|Annoncesættets navn|Dag|Forbrugt beløb (DKK)|Visninger|Rækkevidde|Klik på link|"
    "Resultater|Resultatindikator|Konverteringsværdi for køb",
    "tr": "Kampanya Adı|Reklam Seti Adı|Gün|Harcanan Tutar (TRY)|Gösterim|Erişim|Bağlantı Tıklamaları|"
    "Sonuçlar|"
    "Sonuç Göstergesi|Alışveriş Dönüşüm Değeri",
    "ja": "キャンペーン名|広告セット名|日|消化金額 (JPY)|インプレッション|リーチ|リンクのクリック|結果|"
    "結果インジケーター|購入のコンバージョン値",
}
GOOGLE = [
    "day",
    "campaign",
    "campaign_id",
    "ad_set",
    "currency",
    "spend",
    "impressions",
    "clicks",
    "conversions",
    "revenue",
    "device",
]
GOOGLE_HEADERS = {
    "en": "Day|Campaign|Campaign ID|Ad group|Currency code|Cost|Impr.|Clicks|Conversions|Conv. value|Device",
    "de": "Tag|Kampagne|Kampagnen-ID|Anzeigengruppe|Währungscode|Kosten|Impr.|Klicks|Conversions|"
    "Conv.-Wert|Gerät",
    "fr": "Jour|Campagne|ID de la campagne|Groupe d'annonces|Code de la devise|Coût|Impr.|Clics|Conversions|"
    "Valeur de conv.|Appareil",
    "es": "Día|Campaña|ID de campaña|Grupo de anuncios|Código de moneda|Coste|Impr.|Clics|Conversiones|"
    "Valor de conv.|Dispositivo",
    "es-MX": "Día|Campaña|ID de la campaña|Grupo de anuncios|Código de moneda|Costo|Impr.|Clics|Conversiones|"
    "Valor de conv.|Dispositivo",
    "pt": "Dia|Campanha|ID da campanha|Grupo de anúncios|Código da moeda|Custo|Impr.|Cliques|Conversões|"
    "Valor da conv.|Dispositivo",
    "it": "Giorno|Campagna|ID campagna|Gruppo di annunci|Codice valuta|Costo|Impr.|Clic|Conversioni|"
    "Valore conv.|"
    "Dispositivo",
    "nl": "Dag|Campagne|Campagne-ID|Advertentiegroep|Valutacode|Kosten|Vert.|Klikken|Conversies|"
    "Conv.waarde|Apparaat",
    "pl": "Dzień|Kampania|Identyfikator kampanii|Grupa reklam|Kod waluty|Koszt|Wyśw.|Kliknięcia|Konwersje|"
    "Wartość konw.|Urządzenie",
    "sv": "Dag|Kampanj|Kampanj-id|Annonsgrupp|Valutakod|Kostnad|Exp.|Klick|Konverteringar|Konv.värde|Enhet",
    "da": "Dag|Kampagne|Kampagne-id|Annoncegruppe|Valutakode|Omkostninger|Eksp.|Klik|Konverteringer|"
    "Konv.værdi|Enhed",
    "tr": "Gün|Kampanya|Kampanya kimliği|Reklam grubu|Para birimi kodu|Maliyet|Göst.|Tıklamalar|Dönüşümler|"
    "Dönş. değeri|Cihaz",
    "ja": "日|キャンペーン|キャンペーン ID|広告グループ|通貨コード|費用|Impr.|クリック数|コンバージョン|"
    "コンバージョン値|デバイス",
}
LINKEDIN = [
    "day",
    "account",
    "campaign",
    "ad_set",
    "spend",
    "impressions",
    "clicks",
    "conversions",
    "revenue",
    "currency",
]
LINKEDIN_HEADERS = {
    "de": "Startdatum (in UTC)|Kontoname|Name der Kampagnengruppe|Kampagnenname|Gesamtausgaben|Impressions|"
    "Klicks|"
    "Conversions|Gesamter Conversion-Wert|Währung",
    "fr": "Date de début (en UTC)|Nom du compte|Nom du groupe de campagnes|Nom de la campagne|Total dépensé|"
    "Impressions|Clics|Conversions|Valeur totale de conversion|Devise",
    "es": "Fecha de inicio (en UTC)|Nombre de la cuenta|Nombre del grupo de campañas|Nombre de la campaña|"
    "Total gastado|Impresiones|Clics|Conversiones|Valor total de conversiones|Divisa",
    "pt": "Data de início (em UTC)|Nome da conta|Nome do grupo de campanhas|Nome da campanha|Total gasto|"
    "Impressões|"
    "Cliques|Conversões|Valor total de conversões|Moeda",
    "it": "Data di inizio (in UTC)|Nome account|Nome gruppo di campagne|Nome campagna|Totale speso|"
    "Impressioni|Clic|"
    "Conversioni|Valore totale delle conversioni|Valuta",
    "nl": "Begindatum (in UTC)|Accountnaam|Naam campagnegroep|Campagnenaam|Totaal besteed|Vertoningen|"
    "Klikken|"
    "Conversies|Totale conversiewaarde|Valuta",
}
TIKTOK = ["campaign", "day", "spend", "currency", "impressions", "clicks", "conversions"]
TIKTOK_HEADERS = {
    "en": "Campaign name|By Day|Cost|Currency|Impressions|Clicks (destination)|Conversions",
    "de": "Kampagnenname|Datum|Kosten|Währung|Impressionen|Klicks (Ziel)|Conversions",
    "es": "Nombre de la campaña|Fecha|Coste|Moneda|Impresiones|Clics (destino)|Conversiones",
    "pt": "Nome da campanha|Data|Custo|Moeda|Impressões|Cliques (destino)|Conversões",
    "it": "Nome della campagna|Data|Costo|Valuta|Impression|Clic (destinazione)|Conversioni",
}
MICROSOFT = ["account", "campaign", "day", "impressions", "clicks", "spend", "conversions", "revenue"]
MICROSOFT_HEADERS = {
    "de": "Kontoname|Kampagne|Zeitraum|Impressionen|Klicks|Ausgaben|Conversions|Umsatz",
    "fr": "Nom du compte|Campagne|Période|Impressions|Clics|Dépenses|Conversions|Revenus",
    "es": "Nombre de la cuenta|Campaña|Período de tiempo|Impresiones|Clics|Gasto|Conversiones|Ingresos",
}
REPORTS = {
    "Meta": (META, META_HEADERS),
    "Google": (GOOGLE, GOOGLE_HEADERS),
    "LinkedIn": (LINKEDIN, LINKEDIN_HEADERS),
    "TikTok": (TIKTOK, TIKTOK_HEADERS),
}


@pytest.mark.parametrize(
    ("platform", "language"), [(platform, each) for platform, (_, found) in REPORTS.items() for each in found]
)
def test_a_report_is_read_in_each_language(platform: str, language: str) -> None:
    fields, headers = REPORTS[platform]
    names = headers[language].split("|")
    columns = recognised(names, [()] * len(names), (), Hints())
    found = dict(zip(names, (column.field for column in columns.used), strict=True))
    assert found == dict(zip(names, fields, strict=True))
    assert columns.platform == platform
    assert language[:2] in columns.languages
    assert columns.questions == ()


@pytest.mark.parametrize("language", MICROSOFT_HEADERS)
def test_a_microsoft_report_is_read_in_each_language(language: str) -> None:
    names = MICROSOFT_HEADERS[language].split("|")
    columns = recognised(names, [()] * len(names), ("Report Aggregation: Daily",), Hints())
    assert [column.field for column in columns.used] == MICROSOFT
    assert columns.platform == "Microsoft"


@pytest.mark.parametrize(
    "header",
    [
        "Início dos relatórios|Término dos relatórios",
        "Início dos relatórios|Encerramento dos relatórios",
        "Inicio del informe|Fin del informe",
        "Berichtsstart|Berichtsende",
        "Début des rapports|Fin des rapports",
        "Start rapportage|Einde rapportage",
        "Rapor Başlangıcı|Rapor Sonu",
        "レポート開始日|レポート終了日",
    ],
)
def test_the_range_of_a_report_is_known_in_each_language(header: str) -> None:
    columns = recognised(header.split("|"), [(), ()], (), Hints())
    assert [column.field for column in columns.used] == ["first_day", "last_day"]
    assert columns.platform == "Meta"


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("date, campaign, spend, impressions, clicks", "day campaign spend impressions clicks"),
        ("Date, Campaign Name, Spend [USD], # of Impressions, # of Website Clicks, # of Purchase",
         "day campaign spend impressions clicks conversions"),
        ("reportDate, campaignId, adSpend, totalImpressions, linkClicks, conversionValue",
         "day campaign_id spend impressions clicks revenue"),
        ("DATUM, KAMPAGNE, KOSTEN (€), UMSATZ, KLICKS", "day campaign spend revenue clicks"),
        ("fecha, campaña, inversión, ingresos, clics", "day campaign spend revenue clicks"),
        ("Day, Campaign, cost_eur, revenue_eur, Orders", "day campaign spend revenue conversions"),
    ],
)  # fmt: skip
def test_plain_tables_are_nobodys(header: str, fields: str) -> None:
    names = header.split(", ")
    columns = recognised(names, [()] * len(names), (), Hints())
    assert [column.field for column in columns.used] == fields.split()
    assert columns.platform is None
