//! The grades of a data set: what they are called, and which keys give them.

use crate::judge::CANT_TELL;

/// One grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// Its number, from 0.
    pub grade: i32,
    /// What it is called.
    pub name: String,
}

/// The grades that a judge can give, lowest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale(Vec<Grade>);

impl Scale {
    /// Not relevant and relevant; with more grades if the highest one in use asks for them.
    pub fn up_to(highest: i32) -> Self {
        let named = |names: &[&str]| {
            let grades = (0..).zip(names).map(|(grade, name)| Grade { grade, name: (*name).to_owned() });
            Self(grades.collect())
        };
        match highest {
            ..=1 => named(&["Not relevant", "Relevant"]),
            2 => named(&["Not relevant", "Partly relevant", "Relevant"]),
            3 => named(&["Not relevant", "Partly relevant", "Relevant", "Highly relevant"]),
            more => Self((0..=more.min(9)).map(|grade| Grade { grade, name: format!("Grade {grade}") }).collect()),
        }
    }

    /// The grades, lowest first.
    pub fn grades(&self) -> &[Grade] {
        &self.0
    }

    /// Whether it has a grade.
    pub fn has(&self, grade: i32) -> bool {
        self.0.iter().any(|known| known.grade == grade)
    }

    /// What a grade is called, also one that the scale does not have.
    pub fn name(&self, grade: i32) -> String {
        if grade <= CANT_TELL {
            return "Can't tell".to_owned();
        }
        let known = self.0.iter().find(|known| known.grade == grade);
        known.map_or_else(|| format!("Grade {grade}"), |known| known.name.clone())
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self::up_to(1)
    }
}

#[test]
fn a_scale_has_the_grades_in_use() {
    let grades = |highest| Scale::up_to(highest).grades().iter().map(|grade| grade.grade).collect::<Vec<_>>();
    assert_eq!([grades(0), grades(1), grades(2)], [vec![0, 1], vec![0, 1], vec![0, 1, 2]]);
    assert_eq!((grades(5).len(), grades(100).len()), (6, 10));
    assert_eq!(Scale::default().name(-1), "Can't tell");
    assert_eq!(Scale::default().name(7), "Grade 7");
}
