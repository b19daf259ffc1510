//! A city's staff write a procedure in a file: what is wrong is named, what is right can be used at once, versions can be
//! taken back.

use e2e::{Folder, json_lines, run};
use serde_json::{Value, json};
use std::fs;

fn say(text: &str) -> Value {
    json!({ "text": text })
}

fn tap(value: &str) -> Value {
    json!({ "postback": value })
}

fn aoba(folder: &Folder) -> anyhow::Result<()> {
    let (fine, _, errors) = run(&folder.0, &["city", "add", "fixtures/cities/aoba"], "")?;
    anyhow::ensure!(fine, "{errors}");
    Ok(())
}

fn chat(folder: &Folder, user: &str, turns: &[Value]) -> anyhow::Result<Vec<String>> {
    let arguments = ["chat", "--city", "aoba", "--jsonl", "--user", user, "--now", "2026-11-03T10:00:00+09:00"];
    Ok(json_lines(&folder.0, &arguments, turns)?.iter().map(|answer| answer["replies"].to_string()).collect())
}

fn check(turns: &[(Value, &[&str])], answers: &[String]) {
    for ((turn, expected), answer) in turns.iter().zip(answers) {
        for words in *expected {
            assert!(answer.contains(words), "{turn}\nexpected {words}\ncame {answer}");
        }
    }
}

#[test]
fn a_dog_is_registered_with_corrections_on_the_way() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    aoba(&folder)?;
    let turns: Vec<(Value, &[&str])> = vec![
        (say("子犬を飼い始めたから届けを出したいです"), &["ふりがな"]),
        (say("山田花子です"), &["ひらがなかカタカナ"]),
        (say("やまだ はなこ"), &["電話番号"]),
        (say("12"), &["市外局番"]),
        (say("0600001234です"), &["いつから"]),
        (say("10月20日から"), &["予防注射"]),
        (say("もう打った"), &["写真"]),
        (say("とばす"), &["よろしいですか", "同意"]),
        (say("はい"), &["ヤマダ ハナコ", "06-0000-1234", "受けた", "（なし）"]),
        (say("電話番号は06-0000-9999です"), &["06-0000-9999", "直しました"]),
        (say("はい"), &["受け付けました", "受付番号は P-"]),
    ];
    let answers = chat(&folder, "a", &turns.iter().map(|(turn, _)| turn.clone()).collect::<Vec<_>>())?;
    check(&turns, &answers);
    Ok(())
}

#[test]
fn conditions_lead_to_other_ends_and_a_refused_consent_to_a_person() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    aoba(&folder)?;
    let cat = chat(&folder, "b", &[tap("do:procedure.inu-toroku"), say("猫"), tap("do:faq?entry=cat-keep")])?;
    assert!(cat[1].contains("do:faq?entry=cat-keep") && cat[2].contains("市への届け出はいりません"), "{cat:?}");
    assert!(cat[1].contains("猫の登録はいりません") && !cat[1].contains("ふりがな"), "{}", cat[1]);
    let no = ["do:procedure.inu-toroku", "set:procedure.inu-toroku/pet=dog", "set:procedure.inu-toroku/owner=ヤマダ", "set:procedure.inu-toroku/phone=0600001234", "set:procedure.inu-toroku/since=2026-10-01", "set:procedure.inu-toroku/vaccinated=not-yet"];
    let mut turns: Vec<Value> = no.into_iter().map(tap).collect();
    turns.push(say("いいえ"));
    let answers = chat(&folder, "c", &turns)?;
    let last = answers.last().map_or("", String::as_str);
    assert!(last.contains("同意をいただけない") && last.contains("職員に聞く"), "{last}");
    let forged = chat(&folder, "d", &[tap("do:procedure.inu-toroku"), tap("set:procedure.inu-toroku/pet=dragon")])?;
    assert!(forged[1].contains("どの動物"), "{}", forged[1]);
    // Several at once, a time, an address with its numbers, and one left out.
    let turns: Vec<(Value, &[&str])> = vec![
        // What the first words say already is not asked.
        (say("工事の音がひどいんです"), &["何時ごろ"]),
        (say("違います、工事の音とにおいです"), &["「工事の音、におい」に直しました", "何時ごろ"]),
        (say("夜10時ごろ"), &["場所はどこ"]),
        (say("さくら町3丁目5-12"), &["メール"]),
        (say("なし"), &["工事の音、におい", "22時", "さくら町3丁目5-12", "（なし）"]),
        (tap("yes"), &["3開庁日以内", "受付番号は P-"]),
    ];
    let answers = chat(&folder, "e", &turns.iter().map(|(turn, _)| turn.clone()).collect::<Vec<_>>())?;
    check(&turns, &answers);
    // Words that the question itself offers are answers, whatever they mean elsewhere; a real emergency still comes first.
    let offered = chat(&folder, "h", &[tap("do:procedure.souon-sodan"), say("においと工事の音")])?;
    assert!(offered[1].contains("何時ごろ") && !offered[1].contains("119"), "{}", offered[1]);
    let steps = chat(&folder, "i", &[tap("do:procedure.souon-sodan"), say("足音")])?;
    assert!(steps[1].contains("何時ごろ") && !steps[1].contains("110番"), "{}", steps[1]);
    let fire = chat(&folder, "j", &[tap("do:procedure.souon-sodan"), say("台所から火が出て燃え広がっています、助けて")])?;
    assert!(fire[1].contains("119"), "{}", fire[1]);
    let english = chat(&folder, "f", &[say("English please"), tap("do:procedure.inu-toroku"), say("a dog"), say("x")])?;
    assert!(english[1].contains("Which animal") && english[2].contains("[日本語] 飼い主"), "{} {}", english[1], english[2]);
    Ok(())
}

#[test]
fn versions_are_published_and_taken_back_and_problems_are_named() -> anyhow::Result<()> {
    let folder = Folder::new()?;
    aoba(&folder)?;
    let file = folder.0.join("bench.yaml");
    let path = file.to_string_lossy().into_owned();
    let source = |word: &str| format!("id: bench\ntitle: ベンチの寄付\nsays: [ベンチを寄付したい]\nquestions:\n  - name: size\n    kind: number\n    ask: {word}何台ですか\n    min: 1\n    max: 5\ndone: ありがとうございます\n");
    let import = || run(&folder.0, &["import", "procedures", &path, "--city", "aoba"], "");
    let ask = || chat(&folder, "g", &[tap("do:procedure.bench"), say("9"), tap("cancel")]);
    fs::write(&file, source("最初の"))?;
    let (fine, out, errors) = import()?;
    assert!(fine && out.contains("1 rows loaded, 1 of them new or changed"), "{out}{errors}");
    let answers = ask()?;
    assert!(answers[0].contains("最初の何台") && answers[1].contains("1から5まで"), "{answers:?}");
    let (_, out, _) = import()?;
    assert!(out.contains("0 of them new or changed"), "{out}");
    fs::write(&file, source("次の"))?;
    import()?;
    assert!(ask()?[0].contains("次の何台"));
    let (fine, _, errors) = run(&folder.0, &["procedure", "publish", "bench", "1", "--city", "aoba"], "")?;
    assert!(fine, "{errors}");
    assert!(ask()?[0].contains("最初の何台"));
    let (_, out, _) = run(&folder.0, &["procedure", "list", "--city", "aoba"], "")?;
    assert!(out.contains("bench 2\n") && out.contains("bench 1 published"), "{out}");
    let (fine, _, errors) = run(&folder.0, &["procedure", "publish", "bench", "7", "--city", "aoba"], "")?;
    assert!(!fine && errors.contains("no version 7"), "{errors}");
    assert!(ask()?[0].contains("最初の何台"), "a failed roll back changes nothing");
    // A draft is kept and shown to nobody until it is published.
    fs::write(&file, source("試しの").replace("says:", "draft: true\nsays:"))?;
    let (fine, out, errors) = import()?;
    assert!(fine && out.contains("1 of them new or changed"), "{out}{errors}");
    assert!(ask()?[0].contains("最初の何台"), "a draft is not shown");
    let (_, out, _) = import()?;
    assert!(out.contains("0 of them new or changed"), "{out}");
    let (fine, _, errors) = run(&folder.0, &["procedure", "publish", "bench", "3", "--city", "aoba"], "")?;
    assert!(fine && ask()?[0].contains("試しの何台"), "{errors}");
    fs::write(&file, source("x").replace("kind: number", "kind: nummer"))?;
    let (fine, _, errors) = import()?;
    assert!(!fine && errors.contains("bench.yaml:6: kind: `nummer` is not known"), "{errors}");
    fs::write(&file, source("x").replace("done:", "answers:\n  - when: {}\n    text: いりません\n    faq: no-such-question\ndone:"))?;
    let (fine, _, errors) = import()?;
    assert!(!fine && errors.contains("bench.yaml:13: faq: the city has no question `no-such-question`"), "{errors}");
    fs::write(&file, source("x").replace("kind: number", "kind: nummer"))?;
    let (fine, _, errors) = run(&folder.0, &["procedure", "preview", &path], "")?;
    assert!(!fine && errors.contains("bench.yaml:6"), "{errors}");
    let (fine, out, _) = run(&folder.0, &["procedure", "preview", "fixtures/cities/aoba/procedures/inu-toroku.yaml"], "")?;
    assert!(fine && out.contains("どの動物") && out.contains("[pet = dog]"), "{out}");
    Ok(())
}
