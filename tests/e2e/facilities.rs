//! What can be booked comes from files and goes to files: bad rows are named, a second import changes nothing, what is exported can
//! be imported, and a calendar says no more than «busy».

use chrono::{DateTime, Utc};
use e2e::{Bot, Counter, Folder, root, run};
use std::fs;

#[tokio::test(flavor = "multi_thread")]
async fn files_are_checked_row_by_row_and_read_twice_they_change_nothing() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::start(&folder.0, &[], &["serve", "--demo", "--role", "web"]).await?;
    let import = |kind: &str, text: &str| {
        let file = folder.0.join(format!("{kind}.csv"));
        fs::write(&file, text)?;
        tokio::task::block_in_place(|| run(&folder.0, &["import", kind, &file.to_string_lossy(), "--city", "aoba"], ""))
    };
    for kind in ["facilities", "rooms", "fees", "closures", "bulky-items", "blocks"] {
        let text = fs::read_to_string(root().join(format!("fixtures/cities/aoba/{kind}.csv")))?;
        let (fine, out, errors) = import(kind, &text)?;
        assert!(fine && out.contains(" 0 of them new or changed, 0 rejected"), "{kind}: {out}{errors}");
    }
    for (kind, text, wrong) in [
        ("facilities", "id,name,sort,lat,lng\nx,X,castle,,\n,Y,,,\nz,Z,,135.6,34.6\nok,よい施設,,,\n", &["2: sort must be one of", "3: id must not be empty", "4: 135.6, 34.6 is not on the globe"][..]),
        ("rooms", "id,facility,name,hours,uses,units,options,from_age,to_age\na,nowhere,A,毎日 9:00-12:00,,,,,\nb,chuo-kominkan,B,ときどき,,,,,\nc,chuo-kominkan,C,毎日 9:00-12:00,sumo,,,,\nd,chuo-kominkan,D,毎日 9:00-12:00,,0,,,\ne,chuo-kominkan,E,毎日 9:00-12:00,,,照明,,\nf,chuo-kominkan,F,毎日 9:00-12:00,,,,3,1\n",
         &["2: there is no facility `nowhere`", "3: `ときどき`", "4: uses: `sumo`", "5: units must be from 1 to 1000, not 0", "6: options: `照明`", "7: from_age and to_age"][..]),
        ("fees", "room,group,days,per,yen\nchuo-1,resident,all,slot,-100\nchuo-1,martian,all,slot,1\nchuo-1,resident,all,slot,\n", &["2: yen must be from 0", "3: group must be one of", "4: yen must not be empty"][..]),
        ("closures", "facility,room,from,to\nchuo-kominkan,,2027-01-10,2027-01-09\nchuo-kominkan,,2026-06-31,2026-07-01\n", &["2: the closure ends before it begins", "3: `2026-06-31` is no date"][..]),
        ("bulky-items", "id,name,yen\na b,もの,100\nc,もの,たかい\n", &["2: the id `a b`", "3: yen must be a number"][..]),
        ("blocks", "room,date,from,to,title\nnowhere,2027-01-10,9:00,12:00,x\nchuo-1,2027-01-10,12:00,9:00,x\nchuo-1,2026-12-12,15:00,18:00,重なる\n", &["2: room, date", "3: it ends before", "4: something is booked there already"][..]),
    ] {
        let (_, out, errors) = import(kind, text)?;
        for line in wrong {
            assert!(errors.contains(&format!("{kind}.csv:{line}")), "{kind}: {line} is missing in {errors}{out}");
        }
    }
    bot.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_what_was_imported_and_a_calendar_names_nobody() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    let bot = Bot::start(&folder.0, &[], &["serve", "--demo", "--role", "web"]).await?;
    let export = |arguments: &[&str]| {
        let all: Vec<&str> = ["export"].iter().chain(arguments).copied().chain(["--city", "aoba"]).collect();
        let (fine, out, errors) = tokio::task::block_in_place(|| run(&folder.0, &all, ""))?;
        anyhow::ensure!(fine, "{errors}");
        anyhow::Ok(out)
    };
    for kind in ["facilities", "rooms", "fees", "closures", "bulky-items"] {
        let file = folder.0.join("again.csv");
        fs::write(&file, export(&[kind])?)?;
        let (fine, out, errors) = tokio::task::block_in_place(|| run(&folder.0, &["import", kind, &file.to_string_lossy(), "--city", "aoba"], ""))?;
        assert!(fine && out.contains(" 0 of them new or changed, 0 rejected"), "{kind}: {out}{errors}");
    }
    // Somebody books; the calendar says when, and nothing else of it.
    let counter = Counter::join(&folder.0, "aoba").await?;
    let who = counter.resident("a").await?;
    let now: DateTime<Utc> = "2026-12-03T10:00:00+09:00".parse()?;
    let answers = [("what", "room:plaza-kai"), ("people", "4"), ("slot", "book/plaza-kai/2027-01-13/0900-1200"), ("who", "new-phone"), ("name", "ヒミツ ノ ナマエ"), ("phone", "0901111222")];
    counter.perform(who, "facility.book", &answers, now).await?;
    let calendar = export(&["ical", "--of", "plaza-kai"])?;
    for line in ["BEGIN:VCALENDAR\r\n", "DTSTART:20270113T000000Z\r\n", "DTEND:20270113T030000Z\r\n", "SUMMARY:予約あり\r\n", "END:VCALENDAR\r\n"] {
        assert!(calendar.contains(line), "{line:?} is missing in {calendar}");
    }
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 1);
    for personal in ["ヒミツ", "0901111222", "R-"] {
        assert!(!calendar.contains(personal), "{personal} is in {calendar}");
    }
    let whole = export(&["ical", "--of", "chuo-kominkan"])?;
    assert!(whole.contains("中央公民館 音楽室") && !whole.contains("公開練習"), "what the city itself does there is not said either: {whole}");
    bot.stop().await
}
