//! Importing content: the demo city, and real files where they are at hand.

use e2e::{Folder, json_lines, run, shared};
use serde_json::json;
use std::fs;

fn city(folder: &Folder) -> anyhow::Result<()> {
    let dir = folder.0.join("city");
    fs::create_dir_all(&dir)?;
    fs::write(dir.join("city.toml"), "id = \"midori\"\nname = \"みどり市\"\n[hotline]\nname = \"総合案内\"\nphone = \"06-0000-0001\"\nhours = \"月-金 9:00-17:00\"\n")?;
    let (fine, _, errors) = run(&folder.0.join("data"), &["city", "add", &dir.to_string_lossy()], "")?;
    anyhow::ensure!(fine, "{errors}");
    Ok(())
}

fn import(folder: &Folder, kind: &str, file: &str) -> anyhow::Result<(bool, String, String)> {
    run(&folder.0.join("data"), &["import", kind, file, "--city", "midori"], "")
}

#[test]
fn a_second_import_changes_nothing_and_bad_rows_are_named() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    city(&folder)?;
    let file = folder.0.join("shelters.csv");
    fs::write(&file, "id,name,lat,lng,kind\na,青葉小,34.65,135.60,避難所\nb,,34.65,135.60,避難所\nc,緑小,135.60,34.65,避難所\nd,東小,34.66,135.61,ほこら\na,また青葉小,34.65,135.60,避難所\n")?;
    let file = file.to_string_lossy().into_owned();
    let (fine, out, errors) = import(&folder, "shelters", &file)?;
    assert!(fine && out.contains("1 rows loaded, 1 of them new or changed, 4 rejected"), "{out}");
    for (line, reason) in [(3, "name is empty"), (4, "swapped"), (5, "no kind"), (6, "line 2 already")] {
        assert!(errors.lines().any(|l| l.contains(&format!("shelters.csv:{line}:")) && l.contains(reason)), "{reason}: {errors}");
    }
    let (_, out, _) = import(&folder, "shelters", &file)?;
    assert!(out.contains("1 rows loaded, 0 of them new or changed"), "{out}");
    Ok(())
}

#[test]
fn wrong_files_are_refused_with_the_reason() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    city(&folder)?;
    let write = |name: &str, bytes: &[u8]| -> anyhow::Result<String> {
        let file = folder.0.join(name);
        fs::write(&file, bytes)?;
        Ok(file.to_string_lossy().into_owned())
    };
    let missing = write("missing.csv", "id,name\na,青葉小\n".as_bytes())?;
    let (fine, _, errors) = import(&folder, "shelters", &missing)?;
    assert!(!fine && errors.contains("column lat / 緯度 is missing"), "{errors}");
    let binary = write("binary.csv", &[0x81, 0xFF, 0xFF, 0xFE, 0x80])?;
    let (fine, _, errors) = import(&folder, "faq", &binary)?;
    assert!(!fine && errors.contains("neither UTF-8 nor Shift_JIS"), "{errors}");
    let (fine, _, errors) = import(&folder, "spells", &missing)?;
    assert!(!fine && errors.contains("there are: shelters"), "{errors}");
    let (fine, _, errors) = run(&folder.0.join("data"), &["import", "shelters", &missing, "--city", "nowhere"], "")?;
    assert!(!fine && errors.contains("no city `nowhere`"), "{errors}");
    Ok(())
}

#[test]
fn shift_jis_is_read() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    city(&folder)?;
    let file = folder.0.join("sjis.csv");
    // id,質問,回答 / 1,犬の登録は,環境課へ in Shift_JIS.
    let bytes: Vec<u8> = [
        b"id,".as_slice(), &[0x8e, 0xbf, 0x96, 0xe2], b",", &[0x89, 0xf1, 0x93, 0x9a], b"\n1,",
        &[0x8c, 0xa2, 0x82, 0xcc, 0x93, 0x6f, 0x98, 0x5e, 0x82, 0xcd], b",", &[0x8a, 0xc2, 0x8b, 0xab, 0x89, 0xdb, 0x82, 0xd6], b"\n",
    ]
    .concat();
    fs::write(&file, bytes)?;
    let (fine, out, errors) = import(&folder, "faq", &file.to_string_lossy())?;
    assert!(fine && out.contains("1 rows loaded"), "{out}{errors}");
    let asked = json_lines(&folder.0.join("data"), &["chat", "--city", "midori", "--jsonl"], &[json!({ "postback": "do:faq?entry=1" })])?;
    assert!(asked[0]["replies"].to_string().contains("環境課へ"), "{asked:?}");
    Ok(())
}

#[test]
fn the_real_files_of_osaka_load() -> anyhow::Result<()> {
    let Some(shelters) = shared("shelters/gsi_emergency_osaka.csv") else { return Ok(()) };
    let folder = Folder::new()?;
    city(&folder)?;
    let loaded = |kind: &str, path: &std::path::Path| -> anyhow::Result<usize> {
        let (fine, out, errors) = import(&folder, kind, &path.to_string_lossy())?;
        anyhow::ensure!(fine, "{errors}");
        Ok(out.split_whitespace().next().unwrap_or_default().parse()?)
    };
    assert!(loaded("shelters", &shelters)? >= 5_400);
    for (kind, path, least) in [
        ("shelters", "shelters/gsi_evacuation_osaka.csv", 2_950),
        ("addresses", "addresses/osaka_towns.csv", 8_600),
        ("waste", "waste/osaka", 1_000),
        ("waste", "waste/suita/area_days.csv", 140),
        ("waste", "waste/settsu", 150),
        ("waste", "waste/takatsuki", 450),
    ] {
        let Some(path) = shared(path) else { continue };
        let count = loaded(kind, &path)?;
        assert!(count >= least, "{}: {count} rows", path.display());
    }
    let talk = [
        json!({ "postback": "do:shelter.search" }),
        json!({ "text": "阿倍野区旭町三丁目" }),
        json!({ "postback": "do:waste.schedule" }),
        json!({ "text": "千里丘7丁目" }),
    ];
    let answers = json_lines(&folder.0.join("data"), &["chat", "--city", "midori", "--jsonl"], &talk)?;
    assert!(answers[1]["replies"].to_string().contains("歩いて約"), "{}", answers[1]);
    assert!(answers[3]["replies"].to_string().contains("もやせるごみ"), "{}", answers[3]);
    Ok(())
}

#[test]
fn postal_codes_come_from_japan_posts_file() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    city(&folder)?;
    let file = folder.0.join("ken_all.csv");
    let row = |code: &str, town: &str| format!("27999,\"000  \",\"{code}\",\"ｵｵｻｶﾌ\",\"ﾐﾄﾞﾘｼ\",\"\",\"大阪府\",\"みどり市\",\"{town}\",0,0,1,0,0,0\n");
    let text = [row("0000201", "森町（１～３丁目）"), row("0000200", "以下に掲載がない場合"), row("00002", "沢町"), row("0000201", "森町の続き")].concat();
    // As it is offered: Shift_JIS.
    fs::write(&file, encoding_rs::SHIFT_JIS.encode(&text).0)?;
    let path = file.to_string_lossy().into_owned();
    let (fine, out, errors) = import(&folder, "postal-codes", &path)?;
    assert!(fine && out.contains("2 rows loaded, 2 of them new or changed, 1 rejected"), "{out}{errors}");
    assert!(errors.contains("ken_all.csv:3:") && errors.contains("seven digits"), "{errors}");
    let (_, out, _) = import(&folder, "postal-codes", &path)?;
    assert!(out.contains("0 of them new or changed"), "{out}");
    let form = folder.0.join("move.yaml");
    fs::write(&form, "id: move\ntitle: 届け出\nquestions:\n  - {name: to, kind: address, label: 住所, ask: 新しい住所は}\ndone: 受け付けました\n")?;
    let (fine, out, errors) = import(&folder, "procedures", &form.to_string_lossy())?;
    assert!(fine, "{out}{errors}");
    let lines = [json!({ "postback": "do:procedure.move" }), json!({ "text": "999-9999" }), json!({ "text": "〒000-0201" }), json!({ "text": "2-5 森荘101" })];
    let answers = json_lines(&folder.0.join("data"), &["chat", "--city", "midori", "--jsonl"], &lines)?;
    let said = |n: usize| answers[n]["replies"].to_string();
    assert!(said(1).contains("町が見つかりません"), "{}", said(1));
    assert!(said(2).contains("大阪府みどり市森町 ですね"), "{}", said(2));
    assert!(said(3).contains("大阪府みどり市森町2-5 森荘101") && said(3).contains("よろしいですか"), "{}", said(3));
    Ok(())
}
